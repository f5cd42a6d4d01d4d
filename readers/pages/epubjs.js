// epub.js behind the few calls that open.mjs makes of every engine.
import { look } from './look.js'

let book, rendition, themes = 0

const tree = items => (items ?? []).map(({ label, href, type, subitems }) => ({
    label: label.trim(), href: href ?? '', type: type ?? '', items: tree(subitems),
}))
const contents = () => rendition.getContents()[0]

globalThis.reader = {
    async open(address) {
        book = globalThis.ePub(address)
        await book.ready
        rendition = book.renderTo('page', { width: '100%', height: '100%', flow: 'paginated', spread: 'none' })
        await rendition.display()
        // epub.js knows nothing of series: they are read from the package as it loads it.
        const opf = await book.archive.request(`/${book.container.packagePath}`, 'xml')
        const meta = name => opf.querySelector(`meta[property="${name}"]`)?.textContent
        const { title, language, creator } = book.packaging.metadata
        return {
            title,
            language,
            authors: [creator],
            series: meta('belongs-to-collection') ?? '',
            position: meta('group-position') ? Number(meta('group-position')) : null,
            toc: tree(book.navigation.toc),
            landmarks: tree(book.navigation.landmarks),
            spine: book.spine.spineItems.map(one => one.href),
        }
    },
    async next() {
        if (rendition.currentLocation().atEnd) return false
        await rendition.next()
        return true
    },
    async goTo(href) {
        await rendition.display(href)
    },
    where: () => book.spine.get(contents().sectionIndex).href,
    async style(rules, ground) {
        document.documentElement.style.background = ground
        // As CSS text a theme would not reach the chapters that are opened later.
        const name = `theme${++themes}`
        rendition.themes.register(name, rules)
        rendition.themes.select(name)
    },
    look: allowed => look(contents().document, rendition.manager.layout.columnWidth, allowed),
    document: () => contents().document,
    /** Click a reference and give the text of what it leads to; epub.js turns to it. */
    async note(href) {
        const from = contents().document
        const turned = new Promise(resolve => rendition.once('relocated', resolve))
        from.querySelector(`[role~="doc-noteref"][href="${href}"]`).click()
        await turned
        const target = contents().document.getElementById(href.split('#')[1])
        const { left, right } = target.getBoundingClientRect()
        return { text: target.textContent.trim(), type: right > left ? 'shown' : '' }
    },
}
