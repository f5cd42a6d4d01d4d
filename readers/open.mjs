// Opens books in a reading engine inside Chromium, leafs through them, and writes down what is seen.
//
//     node open.mjs ENGINE CHROMIUM FOLDER BOOK.epub…
//
// ENGINE is foliate or epubjs. For the Nth book FOLDER/N/ gets report.json and a picture of each document's first page,
// by day (as day-NAME.png) and by night (night-NAME.png). `read` says what a report holds.
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { launch } from './browser.mjs'
import { serve } from './serve.mjs'

const PAGE = { width: 600, height: 800 } // a six-inch reader's, in CSS pixels
const MOST_TURNS = 2000
const LONGEST = 120_000 // milliseconds for one book
const NIGHT = { text: 'rgb(232, 230, 227)', link: 'rgb(138, 180, 248)', ground: 'rgb(18, 18, 18)' }
const DAY = { text: 'rgb(34, 34, 34)', link: 'rgb(0, 0, 160)', ground: 'rgb(255, 255, 255)' }

/** The style sheet of a reading system: a typeface and three colours, set where such systems set them. */
const theme = (origin, { text, link, ground }) => ({
    '@font-face': { 'font-family': 'reader', src: `url(${origin}/font.otf)` },
    'html, body': { 'font-family': 'reader', color: text, background: ground },
    'a:any-link': { color: link },
})

const flat = lines => lines.flatMap(line => [line, ...flat(line.items)])

const [engine, executablePath, folder, ...books] = process.argv.slice(2)
const server = await serve(books)
const browser = await launch(executablePath, '127.0.0.1')
try {
    for (const number of books.keys()) {
        const into = join(folder, String(number))
        mkdirSync(into, { recursive: true })
        writeFileSync(join(into, 'report.json'), JSON.stringify(await seen(number, into), null, 1))
    }
} finally {
    await browser.close()
    server.close()
}

/** One book's report. requests: every address asked for; errors: what the console and the page complained of. */
async function seen(number, into) {
    const context = await browser.newContext({ viewport: PAGE })
    const page = await context.newPage()
    const requests = new Set(), errors = []
    context.on('request', request => requests.add(request.url()))
    page.on('console', message => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', error => errors.push(String(error)))
    const report = { engine, book: basename(books[number]), origin: server.origin }
    try {
        await page.goto(`${server.origin}/pages/${engine}.html`)
        await page.waitForFunction(() => globalThis.reader)
        await Promise.race([read(page, number, into, report), late()])
    } catch (error) {
        errors.push(String(error))
    } finally {
        await context.close()
    }
    return { ...report, requests: [...requests].sort(), errors }
}

/** Fails when a book takes too long, so that an engine that hangs is an error like others. */
function late() {
    return new Promise((_, fail) => setTimeout(() => fail(new Error(`not done in ${LONGEST} ms`)), LONGEST).unref())
}

async function read(page, number, into, report) {
    // Title, language, authors, series, position, contents, landmarks and spine, as the engine reads them.
    const book = await page.evaluate(at => globalThis.reader.open(at), `${server.origin}/books/${number}.epub`)
    report.facts = book
    // The documents that turning pages leads through, each with its number of pages.
    report.turned = await leaf(page)
    // For each line of the contents the heading where it leads.
    report.reached = await follow(page, flat(book.toc))
    // For each document what look.js measures, in the colours of the day and of the night.
    report.day = await visit(page, book.spine, into, 'day', DAY)
    report.night = await visit(page, book.spine, into, 'night', NIGHT)
    // For each reference to a footnote what the engine shows.
    report.notes = await notes(page, book.spine)
}

async function leaf(page) {
    const turned = []
    for (let turns = 0; turns < MOST_TURNS; turns++) {
        const where = await page.evaluate(() => globalThis.reader.where())
        if (turned.at(-1)?.file === where) turned.at(-1).pages++
        else turned.push({ file: where, pages: 1 })
        if (!await page.evaluate(() => globalThis.reader.next())) return turned
    }
    throw new Error(`the book does not end within ${MOST_TURNS} pages`)
}

async function follow(page, lines) {
    const reached = []
    for (const { label, href } of lines) {
        await page.evaluate(to => globalThis.reader.goTo(to), href)
        const [file, { heading }] = await page.evaluate(() => [globalThis.reader.where(), globalThis.reader.look()])
        reached.push({ label, file, heading })
    }
    return reached
}

async function visit(page, spine, into, time, colours) {
    const looks = []
    await page.evaluate(([rules, ground]) => globalThis.reader.style(rules, ground), [theme(server.origin, colours), colours.ground])
    for (const file of spine) {
        await page.evaluate(to => globalThis.reader.goTo(to), file)
        await page.evaluate(settled)
        const shot = `${time}-${file.replace('.xhtml', '')}.png`
        writeFileSync(join(into, shot), await page.screenshot())
        looks.push({ file, shot, ...await page.evaluate(allowed => globalThis.reader.look(allowed), [colours.text, colours.link]) })
    }
    return looks
}

/** Runs in the page: waits for the typeface, and for the drawing of what came of it. */
async function settled() {
    await globalThis.reader.document().fonts.ready
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
}

async function notes(page, spine) {
    const found = []
    for (const file of spine) {
        await page.evaluate(to => globalThis.reader.goTo(to), file)
        for (const href of (await page.evaluate(() => globalThis.reader.look())).notes) {
            await page.evaluate(to => globalThis.reader.goTo(to), file)
            found.push({ file, href, ...await page.evaluate(to => globalThis.reader.note(to), href) })
        }
    }
    return found
}
