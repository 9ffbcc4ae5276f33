const HTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";

const NAMESPACES: Readonly<Record<string, string>> = {
  span: HTML,
  ...named(SVG, "svg path line"),
  ...named(
    MATHML,
    "math semantics annotation mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mlabeledtr mstyle mpadded mphantom menclose merror mglyph",
  ),
};

const ATTRIBUTES = new Set(
  "class aria-hidden display encoding mathvariant mathsize mathcolor mathbackground stretchy fence separator lspace rspace minsize maxsize symmetric largeop movablelimits accent accentunder linethickness displaystyle scriptlevel columnalign rowalign columnspacing rowspacing columnlines rowlines width height depth voffset notation width height viewBox preserveAspectRatio d x1 x2 y1 y2 stroke-width".split(
    " ",
  ),
);

const STYLES =
  /^(?:height|width|min-width|top|left|bottom|vertical-align|(?:margin|padding)-(?:left|right|top)|position|color|background-color|border(?:-(?:top|right|bottom|left|color|style|width)){0,2}(?:-width)?|text-shadow)$/;

function named(namespace: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, namespace]));
}

/**
 * Elements of a formula's markup, made one by one from what a formula can hold and nothing else.
 *
 * Styles are set as properties, which the page's policy allows where it refuses style attributes.
 */
export function mathElements(markup: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  // Without their namespaces the parsed elements are of no kind that could do anything.
  const parsed = new DOMParser().parseFromString(markup.replace(/ xmlns="[^"]*"/g, ""), "application/xml");
  if (parsed.querySelector("parsererror") === null) copy(parsed.documentElement, fragment);
  return fragment;
}

function copy(source: Element, parent: Node): void {
  const namespace = NAMESPACES[source.localName];
  if (namespace === undefined) return;
  const element = document.createElementNS(namespace, source.localName) as HTMLElement | SVGElement | MathMLElement;
  for (const { name, value } of source.attributes) {
    if (name === "style") setStyles(element.style, value);
    else if (ATTRIBUTES.has(name)) element.setAttribute(name, value);
  }
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) element.append(child.textContent ?? "");
    else if (child.nodeType === Node.ELEMENT_NODE) copy(child as Element, element);
  }
  parent.appendChild(element);
}

function setStyles(style: CSSStyleDeclaration, source: string): void {
  for (const declaration of source.split(";")) {
    const at = declaration.indexOf(":");
    const name = declaration.slice(0, at).trim();
    const value = declaration.slice(at + 1).trim();
    // An address in a value would be a request.
    if (STYLES.test(name) && !/url|image|\(/i.test(value.replace(/^rgba?\(|^hsla?\(/, "")))
      style.setProperty(name, value);
  }
}
