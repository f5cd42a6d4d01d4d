// A web server on 127.0.0.1 that holds the engines, their pages and the books, and nothing else.
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.epub': 'application/epub+zip',
    '.otf': 'font/otf',
}

// The typeface of covers stands in for the Chinese typeface that a reader has and a bare machine has not.
const FONT = join(here, '..', 'convert', 'emit', 'epub', 'NotoSerifSC-Bold.otf')

/** Serve pages/ and node_modules/ under their names, font.otf, and books/N.epub for the Nth of `books`. */
export async function serve(books) {
    const server = createServer((request, response) => {
        const file = fileOf(decodeURIComponent(new URL(request.url, 'http://127.0.0.1').pathname), books)
        if (!file) {
            response.writeHead(404).end()
            return
        }
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
        createReadStream(file).pipe(response)
    })
    await new Promise(ready => server.listen(0, '127.0.0.1', ready))
    return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

function fileOf(path, books) {
    const book = /^\/books\/(\d+)\.epub$/.exec(path)
    if (book) return books[Number(book[1])]
    if (path === '/font.otf') return FONT
    const file = normalize(join(here, path))
    const open = ['pages', 'node_modules'].some(folder => file.startsWith(join(here, folder) + sep))
    return open && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined
}
