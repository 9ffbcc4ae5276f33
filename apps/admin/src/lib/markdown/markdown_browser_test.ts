import { beforeAll, describe, expect, test } from "vitest";
import { render } from "vitest-browser-svelte";
import { overwriteGetLocale } from "#lib/paraglide/runtime.js";
import { HOSTILE_MARKDOWN, MIXED_MARKDOWN } from "./corpus.ts";
import Markdown from "./Markdown.svelte";
import { MarkdownStream } from "./markdown_stream.ts";

const ALLOWED = new Set(
  "A BDI BLOCKQUOTE BR BUTTON CODE DEL DIV EM FIGCAPTION FIGURE H1 H2 H3 H4 H5 H6 HR INPUT LI OL P PATH PRE RECT SPAN STRONG SUP SVG TABLE TBODY TD TH THEAD TR UL".split(
    " ",
  ),
);

beforeAll(() => overwriteGetLocale(() => "en"));

async function show(text: string): Promise<Element> {
  const { container } = await render(Markdown, { blocks: new MarkdownStream().update(text) });
  return container;
}

describe("Markdown", () => {
  test.each(HOSTILE_MARKDOWN.map((text) => ({ name: JSON.stringify(text.slice(0, 60)), text })))(
    "shows no element, address or handler that it should not: $name",
    async ({ text }) => {
      const container = await show(text);
      for (const element of container.querySelectorAll("*")) {
        expect(ALLOWED, element.outerHTML).toContain(element.tagName.toUpperCase());
        for (const { name } of element.attributes) expect(name).not.toMatch(/^(on|src|srcdoc|style|action|formaction)/);
      }
      for (const link of container.querySelectorAll("a")) {
        expect(link.href).toMatch(/^(https?:|mailto:)/);
        expect(link.origin).not.toBe(location.origin);
        expect(link.rel).toBe("noopener noreferrer");
      }
    },
  );

  test("shows raw HTML as the text that it is", async () => {
    expect((await show("before <img src=x onerror=alert(1)> after")).textContent).toBe(
      "before <img src=x onerror=alert(1)> after",
    );
  });

  test("shows an image as a link and loads nothing", async () => {
    const link = (await show("![A plan](https://images.example/plan.png)")).querySelector("a");
    expect(link?.textContent).toBe("Image: A plan");
    expect(link?.href).toBe("https://images.example/plan.png");
  });

  test("keeps tashkeel, emoji and spaces exactly", async () => {
    const text = "سَلَامٌ عَلَيْكُمْ 👩‍👩‍👧‍👦 🇸🇦 e\u0301  two  spaces";
    const container = await show(text);
    expect(container.querySelector("p")?.textContent).toBe(text);
    expect((await show("a **b** `c` *d*, e")).querySelector("p")?.textContent).toBe("a b c d, e");
  });

  test("shows the same for a text that streams as for the whole", async () => {
    for (const text of MIXED_MARKDOWN) {
      const stream = new MarkdownStream();
      const { container, rerender } = await render(Markdown, { blocks: stream.blocks });
      for (let at = 0; at < text.length; at += 7) await rerender({ blocks: stream.update(text.slice(0, at)) });
      await rerender({ blocks: stream.update(text) });
      expect(withoutComments(container)).toBe(withoutComments(await show(text)));
    }
  });

  test("keeps the elements of finished blocks while more text comes", async () => {
    const stream = new MarkdownStream();
    const { container, rerender } = await render(Markdown, {
      blocks: stream.update("# One\n\nTwo **bold**\n\n- three\n\n```\nfour\n```\n\nFive\n"),
    });
    const root = container.querySelector(".markdown");
    const blocks = () => [...(root?.querySelectorAll(".stretch > *") ?? [])];
    const before = blocks();
    expect(before).toHaveLength(5);
    const changed: string[] = [];
    const observer = new MutationObserver((records) => {
      for (const { target, type } of records) {
        if (before.slice(0, 4).some((one) => one.contains(target))) changed.push(`${type} in ${target.textContent}`);
      }
    });
    observer.observe(container, { subtree: true, childList: true, characterData: true, attributes: true });
    await rerender({ blocks: stream.update(`${stream.text}goes on\n\nSix\n\nSeven`) });
    expect(blocks().slice(0, 5)).toEqual(before);
    expect(before[4]?.textContent).toBe("Fivegoes on");
    expect(changed).toEqual([]);
  });

  test("gives code its own direction and a button that copies it exactly", async () => {
    const container = await show("مرحبًا\n\n```py\nprint('a  b')\n\n```");
    expect(container.querySelector("p")?.dir).toBe("rtl");
    expect(container.querySelector("figure")?.dir).toBe("ltr");
    expect(container.querySelector("pre")?.textContent).toBe("print('a  b')\n\n");
    expect(container.querySelector("figure button")?.getAttribute("aria-label")).toBe("Copy code");
  });

  test("keeps the marks of an Arabic list on the right, also of items that begin with an English word", async () => {
    const container = await show("- SSE يعمل مع كل متصفح\n- قائمة عربية\n- An English item\n");
    const list = container.querySelector("ul");
    expect(list?.dir).toBe("rtl");
    const sides = [...container.querySelectorAll("li")].map((item) => {
      const range = document.createRange();
      range.selectNodeContents(item);
      return Math.round(item.getBoundingClientRect().right - range.getBoundingClientRect().right);
    });
    expect(sides).toEqual([0, 0, 0]);
    expect(container.querySelector("li:last-child bdi")?.getAttribute("dir")).toBe("ltr");
  });

  test("lets a wide table scroll inside itself", async () => {
    const row = `|${" cell |".repeat(40)}`;
    const container = await show(`${row}\n|${"---|".repeat(40)}\n${row}`);
    const region = container.querySelector("[role=group]");
    expect(region?.scrollWidth).toBeGreaterThan(region?.clientWidth ?? Number.POSITIVE_INFINITY);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(document.documentElement.clientWidth);
    expect(region?.getBoundingClientRect().right).toBeLessThanOrEqual(container.getBoundingClientRect().right);
  });

  test("breaks no word of a table, and gives each column the side of its alignment", async () => {
    const container = await show("| Provider | Rate |\n|---|---:|\n| OpenRouter | `gpt-4o-mini` |\n");
    const heights = [...container.querySelectorAll("td")].map((cell) => cell.getBoundingClientRect().height);
    expect(new Set(heights).size).toBe(1);
    const sides = [...container.querySelectorAll("th, td")].map((cell) => getComputedStyle(cell).textAlign);
    expect(sides).toEqual(["start", "end", "start", "end"]);
  });
});

/** What is shown, without the marks that Svelte leaves for itself. */
function withoutComments(container: Element): string {
  return container.innerHTML.replace(/<!--.*?-->/g, "");
}
