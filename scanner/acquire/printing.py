"""Printing our own report: HTML in, tagged PDF out, by the same sandboxed browser with the network off."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from playwright.async_api import Browser, Error

from scanner.errors import PartMissing

PRINT_S = 60.0
CLOSE_S = 5.0


async def print_pdf(browser: Browser, html: str) -> bytes:
    """The page as a tagged A4 PDF with an outline. Scripts do not run and nothing is loaded.

    Raises:
        PartMissing: the browser could not print it.
    """
    try:
        return await asyncio.wait_for(_printed(browser, html), PRINT_S)
    except (Error, TimeoutError) as error:
        reason = str(error).partition("\n")[0] or f"no answer within {PRINT_S:g} seconds"
        raise PartMissing(
            f"the PDF could not be printed ({reason}); the HTML report is complete without it"
        ) from error


async def _printed(browser: Browser, html: str) -> bytes:
    context = await browser.new_context(
        accept_downloads=False,
        java_script_enabled=False,
        locale="en-GB",
        offline=True,
        service_workers="block",
    )
    try:
        page = await context.new_page()
        await page.set_content(html, wait_until="load", timeout=PRINT_S * 1000)
        return await page.pdf(
            format="A4", outline=True, prefer_css_page_size=True, print_background=True, tagged=True
        )
    finally:
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(context.close(), CLOSE_S)
