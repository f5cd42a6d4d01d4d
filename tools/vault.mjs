// Reads Markdown files as Obsidian does, and prints for each, as JSON: its properties, the HTML of its body, and what
// Obsidian would take otherwise than meant. Rules: Obsidian's help, "Properties", "Tags", "Basic formatting syntax",
// "Obsidian Flavored Markdown". remark makes links of bare addresses even where a backslash stands in them; the caller
// lets these pass. `node vault.mjs LIST.json`, in the folder that the list's paths are relative to.
import { readFileSync } from "node:fs";
import rehypeRaw from "rehype-raw";
import rehypeStringify from "rehype-stringify";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { wikiLinkPlugin } from "remark-wiki-link";
import { unified } from "unified";
import { parse } from "yaml";

const reader = unified().use(remarkParse).use(remarkFrontmatter).use(remarkGfm).use(remarkMath).use(wikiLinkPlugin, { aliasDivider: "|" });
const writer = unified()
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeStringify, { characterReferences: { useNamedReferences: true } });

const LISTS = ["tags", "aliases", "cssclasses"];
const TAG = /^(?=.*[^\d/])[\p{L}\p{N}_/-]+$/u;
// Marks of Obsidian's that no plug-in above reads, looked for in what stands in the file, without its escapes.
const MARKS = [
  ["a highlight", /==[^=]/],
  ["a comment", /%%/],
  ["a tag", /(^|\s)#[^\s#]/],
  ["a name of a block", /\s\^[\w-]+$/],
  ["a footnote", /\^\[|\[\^/],
  ["a link", /\[\[/],
  ["math", /\$/],
];

function* nodesOf(node) {
  yield node;
  for (const child of node.children ?? []) yield* nodesOf(child);
}

function properties(text, warnings) {
  const found = parse(text, { schema: "core", uniqueKeys: true }) ?? {};
  for (const name of LISTS)
    if (name in found && !Array.isArray(found[name])) warnings.push(`${name} is no list`);
  for (const tag of found.tags ?? []) if (!TAG.test(String(tag))) warnings.push(`${JSON.stringify(tag)} is no tag`);
  for (const [name, value] of Object.entries(found)) {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) warnings.push(`${name} is nested`);
    if (name === "date" && !/^\d{4}-\d\d-\d\d$/.test(value)) warnings.push(`${value} is no date`);
  }
  return found;
}

function look(tree, source, warnings) {
  for (const node of nodesOf(tree)) {
    if (["math", "inlineMath", "wikiLink", "footnoteReference", "footnoteDefinition"].includes(node.type))
      warnings.push(`${node.type} ${JSON.stringify(node.value ?? node.label)}`);
    if (node.type === "blockquote" && /^>\s*\[!/.test(source.slice(node.position.start.offset)))
      warnings.push("a callout");
    if (node.type !== "text" || !node.position) continue;
    const written = source.slice(node.position.start.offset, node.position.end.offset).replace(/\\[!-/:-@[-`{-~]/g, "\u0001");
    for (const [what, pattern] of MARKS) if (pattern.test(written)) warnings.push(`${what}: ${written}`);
  }
}

// With `linked` as a second argument it prints where links and pictures lead instead.
function followed(tree) {
  const found = { wiki: [], links: [], pictures: [] };
  for (const node of nodesOf(tree)) {
    // in cells the bar of a link has a backslash, which the reader of tables leaves there
    if (node.type === "wikiLink") found.wiki.push(node.value.replace(/\\$/, ""));
    if (node.type === "link") found.links.push(node.url);
    if (node.type === "image") found.pictures.push(node.url);
  }
  return found;
}

const linked = process.argv[3] === "linked";
const result = {};
for (const path of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const source = readFileSync(path, "utf8");
  const warnings = [];
  const tree = reader.parse(source);
  if (linked) {
    result[path] = followed(tree);
    continue;
  }
  const front = tree.children[0]?.type === "yaml" ? tree.children[0].value : "";
  look(tree, source, warnings);
  result[path] = { properties: properties(front, warnings), html: writer.stringify(writer.runSync(tree)), warnings };
}
process.stdout.write(JSON.stringify(result));
