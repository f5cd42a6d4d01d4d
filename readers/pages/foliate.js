// foliate-js behind the few calls that open.mjs makes of every engine.
import '/node_modules/foliate-js/view.js'
import { FootnoteHandler } from '/node_modules/foliate-js/footnotes.js'
import { look } from './look.js'

const view = document.createElement('foliate-view')
const footnotes = new FootnoteHandler()
let shown, index, note

const text = words => (typeof words === 'object' && words !== null ? Object.values(words)[0] : words ?? '')
const tree = items => (items ?? []).map(({ label, href, type, subitems }) => ({
    label, href: href ?? '', type: type?.join(' ') ?? '', items: tree(subitems),
}))
const inside = href => href.replace(/^EPUB\//, '')
const within = items => items.map(one => ({ ...one, href: inside(one.href), items: within(one.items) }))

globalThis.reader = {
    async open(address) {
        document.body.append(view)
        view.addEventListener('load', ({ detail }) => ({ doc: shown, index } = detail))
        view.addEventListener('link', event => footnotes.handle(view.book, event))
        footnotes.addEventListener('before-render', ({ detail }) => {
            detail.view.style.cssText = 'position: fixed; inset: 50% 0 0'
            document.body.append(detail.view)
        })
        footnotes.addEventListener('render', ({ detail }) => {
            const { view: beside, type } = detail
            beside.addEventListener('relocate', () => note?.(beside.renderer.getContents()[0].doc.body.textContent, type))
        })
        await view.open(address)
        view.renderer.setAttribute('flow', 'paginated')
        view.renderer.setAttribute('max-column-count', '1')
        await view.init({})
        const { metadata, toc, landmarks, sections } = view.book
        return {
            title: text(metadata.title),
            language: [metadata.language].flat()[0],
            authors: [metadata.author ?? []].flat().map(one => text(one.name)),
            series: metadata.belongsTo?.series?.name ?? '',
            position: metadata.belongsTo?.series?.position ?? null,
            toc: within(tree(toc)),
            landmarks: within(tree(landmarks)),
            spine: sections.map(one => inside(one.id)),
        }
    },
    async next() {
        if (view.renderer.atEnd) return false
        await view.next()
        return true
    },
    async goTo(href) {
        for (const beside of document.querySelectorAll('foliate-view')) if (beside !== view) beside.remove()
        await view.goTo(`EPUB/${href}`)
    },
    where: () => inside(view.book.sections[index].id),
    async style(rules, ground) {
        document.documentElement.style.background = ground
        view.renderer.setStyles(Object.entries(rules).map(([selector, lines]) =>
            `${selector} { ${Object.entries(lines).map(([name, value]) => `${name}: ${value};`).join(' ')} }`).join('\n'))
    },
    look: allowed => look(shown, view.renderer.size, allowed),
    document: () => shown,
    /** Click a reference and give the text of the note that the engine shows beside the page, and what it takes it for. */
    note(href) {
        return new Promise(resolve => {
            note = (words, type) => resolve({ text: words.trim(), type })
            shown.querySelector(`[role~="doc-noteref"][href="${href}"]`).click()
        })
    },
}
