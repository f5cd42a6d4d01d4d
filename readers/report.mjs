// Opens pages of reports from the disk in Chromium, and writes down what is seen.
//
//     node report.mjs CHROMIUM FOLDER PAGE.html…
//
// For the Nth page FOLDER/N.json gets a list with an entry for each width and colour scheme, and FOLDER/N-WIDTH-SCHEME.png
// a picture of the whole page, with everything unfolded in N-WIDTH-SCHEME-open.png.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { judge, launch } from './browser.mjs'

const WIDTHS = [360, 1280] // CSS pixels: a telephone's and a desk's
const SCHEMES = ['light', 'dark']
const TRIED = 12
const LONGEST = 16_000 // pixels; Chromium draws no larger picture

const [executablePath, folder, ...pages] = process.argv.slice(2)
const browser = await launch(executablePath)
try {
    for (const [number, file] of pages.entries()) {
        const seen = []
        for (const width of WIDTHS) {
            for (const scheme of SCHEMES) seen.push(await look(file, width, scheme, join(folder, `${number}-${width}-${scheme}`)))
        }
        writeFileSync(join(folder, `${number}.json`), JSON.stringify(seen, null, 1))
    }
} finally {
    await browser.close()
}

/** What is seen of a page at a width, in a colour scheme. */
async function look(file, width, scheme, picture) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme })
    const page = await context.newPage()
    const requests = [], errors = []
    context.on('request', request => requests.push(request.url()))
    page.on('console', message => errors.push(message.text()))
    page.on('pageerror', error => errors.push(String(error)))
    const address = pathToFileURL(file).href
    await page.goto(address)
    await draw(page, `${picture}.png`)
    const folded = await page.evaluate(measure)
    const unfolded = await unfold(page)
    await draw(page, `${picture}-open.png`)
    const open = await page.evaluate(measure)
    // it takes twenty seconds for a page of thousands of rows, and so judges each page once
    const violations = width === WIDTHS[0] && scheme === SCHEMES[0] ? await judge(page) : null
    await context.close()
    return { width, scheme, address, requests, errors, folded, unfolded, open, violations }
}

async function draw(page, path) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight)
    const { width } = page.viewportSize()
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, LONGEST) } })
}

/** Unfolds everything, the first ones as a reader does, by mouse and by keyboard: how many are tried, and how many show more then. */
async function unfold(page) {
    const all = await page.$$('details')
    const tried = all.slice(0, TRIED)
    let more = 0
    for (const [number, one] of tried.entries()) {
        const before = await one.evaluate(details => details.getBoundingClientRect().height)
        const summary = await one.$('summary')
        if (number % 2) await summary.press('Enter')
        else await summary.click()
        const { open, after } = await one.evaluate(details => ({ open: details.open, after: details.getBoundingClientRect().height }))
        more += open && after > before + 10
    }
    await page.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = true }))
    return { tried: tried.length, more }
}

/** Runs in the page: its widths, its bars with their heights, its links, and the contrast of its words. */
function measure() {
    const root = document.documentElement
    const height = (group, rule) => [...group.querySelectorAll('rect')].filter(rule)
        .reduce((sum, rect) => sum + rect.getBoundingClientRect().height, 0)
    const bars = [...document.querySelectorAll('g.month')].map(group => ({
        month: group.dataset.month,
        articles: Number(group.dataset.articles),
        height: height(group, rect => !rect.classList.contains('all')),
        width: group.querySelector('rect:not(.all)').getBoundingClientRect().width,
        says: group.querySelector('title').textContent,
    }))
    const links = [...document.querySelectorAll('a')].map(link => ({ given: link.getAttribute('href'), leads: link.href, says: link.textContent }))

    const channels = colour => (colour.match(/[\d.]+/g) ?? []).map(Number)
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const [red, green, blue, alpha = 1] = channels(getComputedStyle(at).backgroundColor)
            if (alpha === 1) return [red, green, blue]
        }
        return [255, 255, 255]
    }
    // WCAG 2.2, "relative luminance" and "contrast ratio"
    const luminance = colour => colour.map(one => one / 255)
        .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0)
    const contrasts = {}
    for (const element of document.body.querySelectorAll('*')) {
        const worded = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
        if (!worded || element.localName === 'title') continue
        const style = getComputedStyle(element)
        const ink = channels(element.closest('svg') ? style.fill : style.color).slice(0, 3)
        const [dark, light] = [luminance(ink), luminance(ground(element))].sort((one, other) => one - other)
        const name = `${element.localName}.${element.getAttribute('class') ?? ''}`
        contrasts[name] = Math.min(contrasts[name] ?? 21, (light + 0.05) / (dark + 0.05))
    }
    const [red, green, blue] = ground(document.body)
    return { shown: root.scrollWidth, there: root.clientWidth, bars, links, contrasts, ground: [red, green, blue] }
}
