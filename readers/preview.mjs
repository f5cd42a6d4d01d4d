// Opens previews from the disk in Chromium, uses them as a reader does, and writes down what is seen.
//
//     node preview.mjs CHROMIUM FOLDER PAGE.html…
//
// For the Nth page FOLDER/N.json gets a list with an entry for each width and colour scheme; FOLDER/N-WIDTH-SCHEME-WHAT.png
// shows the index and the first article.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { judge, launch } from './browser.mjs'

const LOOKS = [[390, 844, 'light'], [1280, 800, 'dark'], [1280, 800, 'light']] // CSS pixels
const TRIED = 8 // notes that are clicked

const [executablePath, folder, ...pages] = process.argv.slice(2)
const browser = await launch(executablePath)
try {
    for (const [number, file] of pages.entries()) {
        const seen = []
        for (const [width, height, scheme] of LOOKS) {
            seen.push(await look(file, width, height, scheme, join(folder, `${number}-${width}-${scheme}`)))
        }
        writeFileSync(join(folder, `${number}.json`), JSON.stringify(seen, null, 1))
    }
} finally {
    await browser.close()
}

/** What is seen of a page at a width, in a colour scheme. */
async function look(file, width, height, scheme, picture) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme })
    const page = await context.newPage()
    const requests = [], errors = [], dialogs = []
    context.on('request', request => requests.push(request.url()))
    page.on('console', message => errors.push(message.text()))
    page.on('pageerror', error => errors.push(String(error)))
    page.on('dialog', async dialog => { dialogs.push(dialog.message()); await dialog.dismiss() })
    const address = pathToFileURL(file).href
    await page.goto(address)
    const widths = { start: await shown(page) }
    const violations = { start: await judged(page) }
    await page.screenshot({ path: `${picture}-start.png` })
    const index = await page.$$eval('#index .list a', links => links.map(link => link.getAttribute('href')))
    if (index.length) await page.click('#index .list a')
    widths.article = await shown(page)
    violations.article = await judged(page)
    await page.screenshot({ path: `${picture}-article.png` })
    const views = []
    for (const button of await page.$$('.bar button[data-view]')) {
        if (!await button.isVisible()) continue
        await button.click()
        const name = await button.getAttribute('data-view')
        widths[name] = await shown(page)
        views.push({ name, panes: await page.$$eval('.pane', panes => panes.filter(one => one.checkVisibility()).map(one => one.dataset.pane)) })
    }
    const clicked = await clicks(page)
    const result = {
        width, scheme, address, index, widths, violations, views, clicked, steps: await steps(page), chosen: await choose(page),
        back: index.length ? await back(page) : null,
        scripts: await page.$$eval('script', all => all.length),
        hostile: await page.evaluate(() => globalThis.hostile ?? null),
    }
    await context.close()
    return { ...result, requests, errors, dialogs }
}

/** What axe-core finds, where it does not take minutes, as over megabytes. */
async function judged(page) {
    const size = await page.evaluate(() => document.body.innerHTML.length)
    return size > 2_000_000 ? null : judge(page)
}

function shown(page) {
    return page.evaluate(() => document.documentElement.scrollWidth)
}

/** Runs in the page: which notes are current in list and source, and whether each can be seen. */
function state() {
    const visible = one => {
        if (!one || !one.checkVisibility()) return false
        const { top, bottom } = one.getClientRects()[0]
        const pane = one.closest('.pane').getBoundingClientRect()
        return bottom > Math.max(0, pane.top) && top < Math.min(innerHeight, pane.bottom)
    }
    const item = document.querySelector('.article:not([hidden]) li.current')
    const mark = document.querySelector('.article:not([hidden]) .mark.current')
    const focus = document.activeElement
    return {
        item: item?.dataset.note ?? null, mark: mark?.dataset.note ?? null,
        itemSeen: visible(item), markSeen: visible(mark), focus: focus?.dataset.note ?? null, told: document.querySelector('output').textContent,
    }
}

/** From notes to their places and back: for each what is current and seen after either click. */
async function clicks(page) {
    const found = []
    const visible = '.article:not([hidden])'
    const notes = await page.$$eval(`${visible} li .said > a`, all => all.map(one => one.getAttribute('href')))
    for (const href of notes.slice(0, TRIED)) {
        const tab = await page.$('.bar button[data-view=notes]')
        if (await tab.isVisible()) await tab.click()
        await page.click(`${visible} li a[href="${href}"]`)
        const there = await page.evaluate(state)
        await page.click(`${visible} .mark.current`)
        found.push({ href, there, here: await page.evaluate(state), hash: await page.evaluate(() => location.hash) })
    }
    return { placed: notes.length, found }
}

/** By keyboard: on to the end and once round, and one back. */
async function steps(page) {
    const tab = await page.$('.bar button[data-view=source]')
    if (await tab.isVisible()) await tab.click()
    const count = Math.min(await page.$$eval('.article:not([hidden]) li[data-note]', all => all.length), 40)
    const numbers = []
    for (let at = 0; at < count; at++) {
        await page.keyboard.press('n')
        numbers.push((await page.evaluate(state)).item)
    }
    await page.keyboard.press('p')
    return { numbers, before: (await page.evaluate(state)).item }
}

/** Chooses the kind `removed`: which kinds are then in the list, and which marks still are. */
async function choose(page) {
    const kinds = await page.$$eval('select[name=kind] option', all => all.map(one => one.value))
    if (!kinds.includes('removed')) return null
    await page.selectOption('select[name=kind]', 'removed')
    const result = await page.evaluate(() => {
        const article = document.querySelector('.article:not([hidden])')
        const kind = number => article.querySelector(`li[data-note="${number}"]`).dataset.kind
        return {
            list: [...article.querySelectorAll('li[data-note]')].filter(one => !one.hidden).map(one => one.dataset.kind),
            marks: [...article.querySelectorAll('.mark:not(.off)')].map(one => one.dataset.note.split(' ').map(kind)),
            off: [...article.querySelectorAll('.mark.off')].map(one => one.dataset.note.split(' ').map(kind)),
            struck: [...article.querySelectorAll('.mark del')].length,
        }
    })
    await page.selectOption('select[name=kind]', '')
    return result
}

/** The index is there again. */
async function back(page) {
    await page.click('.bar .up')
    return page.evaluate(() => document.getElementById('index').checkVisibility() && !document.querySelector('.bar').checkVisibility())
}
