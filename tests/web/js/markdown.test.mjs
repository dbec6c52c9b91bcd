import assert from "node:assert/strict";
import { test } from "node:test";
import { load, speaking } from "./support.mjs";

await speaking("en");
const { forgetAll, parse } = await load("markdown/parser.js");
const { plainTextOf } = await load("markdown/plaintext.js");

/** The tree as text: `strong(text)`. */
const shown = (content) => parse(content).map(outline).join(" ");
const outline = ({ type, text, detail, children }) => {
  if (type === "text") return text;
  return `${type}${detail ? `[${detail}]` : ""}(${text ?? children.map(outline).join(" ")})`;
};
const all = (nodes) => nodes.flatMap((node) => [node, ...all(node.children)]);
const links = (content) => all(parse(content)).filter(({ type }) => type === "link").map(({ detail }) => detail);

test("bold, italic, strike, code, a spoiler and a link", () => {
  assert.equal(shown("**a** _b_ ~~c~~ `d` ||e||"), "paragraph(strong(a)   emphasis(b)   strike(c)   code(d)   spoiler(e))");
  assert.equal(shown("[a](https://example.org/)"), "paragraph(link[https://example.org/](a))");
});

test("code blocks, lists, quotes, tables, headings and rules", () => {
  assert.equal(shown("```js\nlet a;\n\nb();\n```"), "fence[js](let a;\n\nb();)");
  assert.equal(shown("- a\n- b\n  1. c"), "bullets(item(a) item(b numbers(item(c))))");
  assert.equal(shown("> a\n> > b"), "quote(paragraph(a) quote(paragraph(b)))");
  assert.equal(shown("|a|b|\n|-|-:|\n|1|2|"), "table(head(row(headCell(a) headCell[right](b))) body(row(cell(1) cell[right](2))))");
  assert.equal(shown("# a\n\n---"), "heading(a) rule()");
  assert.equal(parse("7. a")[0].number, 7);
});

test("a typed new line stays one", () => {
  assert.equal(shown("a\nb"), "paragraph(a \n b)");
});

test("text that only happens to have such characters stays as it is", () => {
  for (const content of ["2 * 3 * 4", "a_b_c", "snake_case_name", "if (a || b || c)", "a | b", "5 > 3 < 7", "c:\\temp", "* ", "#hashtag", "~/folder ~x", "what?!", "a|b", "|", "||||", "|||", "_"]) {
    assert.equal(plainTextOf(content), content.trim().replace(/^\* ?$/u, ""), content);
    assert.equal(all(parse(content)).some(({ type }) => ["strong", "emphasis", "spoiler", "strike", "heading", "link"].includes(type)), false, content);
  }
});

test("raw HTML is text", () => {
  assert.equal(shown("<b>x</b> <!-- y --> <a href='#'>z</a>"), "paragraph(<b>x</b> <!-- y --> <a href='#'>z</a>)");
  assert.equal(shown("<div>\n<script>1</script>\n</div>"), "paragraph(<div> \n <script>1</script> \n </div>)");
});

test("a bare address becomes a link, and the text around it stays", () => {
  assert.equal(shown("see https://example.org/a?b=c now"), "paragraph(see  link[https://example.org/a?b=c](https://example.org/a?b=c)  now)");
  assert.deepEqual(links("Look: https://example.org/x."), ["https://example.org/x"]);
  assert.deepEqual(links("(https://example.org/a_(b))"), ["https://example.org/a_(b)"]);
  assert.deepEqual(links("README.md and example.org"), []);
  assert.deepEqual(links("alice@example.org"), ["mailto:alice@example.org"]);
});

test("only http, https and mailto become links; other addresses stay as they were typed", () => {
  for (const address of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "JaVaScRiPt://x%0aalert(1)", "ftp://x.org", "//x.org", "/logout", "#x", "java&#115;cript:x", "&#106;avascript:x"]) {
    assert.deepEqual(links(address), [], address);
    assert.deepEqual(links(`<${address}>`), [], address);
    assert.equal(plainTextOf(`[x](${address.replaceAll("&", "\\&")})`), `[x](${address})`);
    assert.deepEqual(links(`![x](${address})`), [], address);
    assert.deepEqual(links(`[x]\n\n[x]: ${address}`), [], address);
  }
});

test("an address that hides where it leads does not become a link", () => {
  assert.equal(shown("https://bank.example@evil.example/"), "paragraph(link[https://bank.example](https://bank.example) @evil.example/)");
  assert.deepEqual(links("[x](https://bank.example:443@evil.example/)"), ["https://bank.example:443"]);
  assert.deepEqual(links("https://exa\u202emple.org/a"), []);
  assert.deepEqual(links("https://example.org/\u200bx"), []);
  assert.equal(shown("https://xn--80ak6aa92e.example/%61"), "paragraph(link[https://xn--80ak6aa92e.example/%61](https://xn--80ak6aa92e.example/%61))");
});

test("a picture is a link to it", () => {
  assert.equal(shown("![a cat](https://example.org/cat.png)"), "paragraph(link[https://example.org/cat.png](a cat))");
  assert.equal(shown("![](https://example.org/cat.png)"), "paragraph(link[https://example.org/cat.png](https://example.org/cat.png))");
});

test("spoilers hold other marks, and are no part of code", () => {
  assert.equal(shown("a ||b **c**||"), "paragraph(a  spoiler(b  strong(c)))");
  assert.equal(shown("**||a||**"), "paragraph(strong(spoiler(a)))");
  for (const address of ["https://example.org/it", "https://example.org", "a@example.org"]) {
    assert.equal(plainTextOf(`so ||see ${address}|| ok`), "so (spoiler) ok");
    assert.equal(plainTextOf(`so ||${address}||`), "so (spoiler)");
    assert.equal(links(`||${address}||`)[0].endsWith(address), true);
  }
  for (const mark of ["**", "~~", "_", "||"]) {
    assert.deepEqual(links(`${mark}https://example.org/a_b${mark}`), ["https://example.org/a_b"], mark);
    assert.equal(plainTextOf(`${mark}https://example.org/a_b${mark}`).endsWith(mark), false, mark);
  }
  assert.equal(shown("`||a||`"), "paragraph(code(||a||))");
  assert.equal(shown("x \\||a||"), "paragraph(x ||a||)");
  assert.equal(plainTextOf("x|||a|||"), "x|(spoiler)");
});

test("a message that shows nothing, or is nested too deeply, is shown as it was typed", () => {
  assert.equal(shown("[a]: https://example.org"), "paragraph([a]: https://example.org)");
  const deep = `${">".repeat(60)} x`;
  assert.equal(shown(deep), `paragraph(${deep})`);
  const list = `${"- ".repeat(60)}x`;
  assert.equal(shown(list), `paragraph(${list})`);
});

test("a preview has no marks, and keeps a spoiler's secret", () => {
  assert.equal(plainTextOf("**one**\n`two` [three](https://example.org)"), "one\ntwo three");
  assert.equal(plainTextOf("# a\n- b\n- c\n\n> d"), "a b c  d");
  assert.equal(plainTextOf("so ||the butler|| did it"), "so (spoiler) did it");
  assert.equal(plainTextOf("so ||the butler did"), "so (spoiler)");
  assert.equal(plainTextOf("```\ncode\n```"), "code");
});

test("a message is parsed once", () => {
  assert.equal(parse("**x**"), parse("**x**"));
  const before = parse("**x**");
  forgetAll();
  assert.notEqual(parse("**x**"), before);
});

test("the longest message of the worst kind is taken apart in no time", () => {
  const pieces = ["`", "(", "https://a.b/(", "```", "https://", ")))...", "a@", "*", "**a ", "_a", "[", "![", "[a](", "||", "||a ", "~~a", "<", "&", "> ", "- ", "|a", "\n|", "a\n", "#", "\\", "``a", "[a]: ", "<a", "*a_ ", "1. ", "]("];
  for (const piece of pieces) {
    const before = process.cpuUsage();
    parse(piece.repeat(Math.floor(65_536 / piece.length)));
    const took = process.cpuUsage(before).user / 1_000;
    assert.ok(took < 3_000, `${piece} took ${took} ms of CPU`);
  }
});
