// What a reader's eye would measure in one document of a book, as the engine shows it.

const names = element => {
    const kind = element.getAttribute('class')
    return element.localName + (kind ? `.${kind}` : '')
}

const CLEAR = ['rgba(0, 0, 0, 0)', 'transparent']

/** Colours that are neither the reader's text nor its links, and any background, below the root. */
function colours(document, allowed) {
    const found = new Set()
    for (const element of document.body.querySelectorAll('*')) {
        const style = document.defaultView.getComputedStyle(element)
        // A line's grey is the browser's own.
        const own = element.localName === 'hr' ? [...allowed, 'rgb(128, 128, 128)'] : allowed
        if (!own.includes(style.color)) found.add(`${names(element)} color ${style.color}`)
        if (!CLEAR.includes(style.backgroundColor)) found.add(`${names(element)} background ${style.backgroundColor}`)
        if (style.backgroundImage !== 'none') found.add(`${names(element)} background ${style.backgroundImage}`)
        for (const side of ['Top', 'Right', 'Bottom', 'Left']) {
            const drawn = parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== 'none'
            if (drawn && !own.includes(style[`border${side}Color`]))
                found.add(`${names(element)} border ${style[`border${side}Color`]}`)
        }
    }
    return [...found].sort()
}

/** Elements of which a fragment is wider than the column that it stands in. */
function wider(document, column) {
    const found = new Set()
    for (const element of document.body.querySelectorAll('*'))
        for (const box of element.getClientRects())
            if (box.width > column + 1) found.add(`${names(element)} ${Math.round(box.width)} > ${Math.round(column)}`)
    return [...found].sort()
}

/** How a paragraph of running text is set; null where the document has none. */
function prose(document) {
    const paragraph = [...document.querySelectorAll('section > p:not([class])')].find(one => one.textContent.length > 40)
    if (!paragraph) return null
    const style = document.defaultView.getComputedStyle(paragraph)
    const size = parseFloat(style.fontSize)
    return {
        indent: parseFloat(style.textIndent) / size,
        line: parseFloat(style.lineHeight) / size,
        align: style.textAlign,
    }
}

/** Everything at once. column: its width in pixels; allowed: the colours that the reader itself sets. */
export function look(document, column, allowed = []) {
    const heading = document.querySelector('h1')
    return {
        heading: heading ? heading.textContent.trim().replace(/\s+/g, ' ') : '',
        letters: document.body.textContent.replace(/\s/g, '').length,
        pictures: document.images.length,
        broken: [...document.images].filter(one => !one.complete || !one.naturalWidth).map(one => one.alt || one.src),
        wider: wider(document, column),
        colours: colours(document, allowed),
        prose: prose(document),
        notes: [...document.querySelectorAll('[role~="doc-noteref"]')].map(one => one.getAttribute('href')),
    }
}
