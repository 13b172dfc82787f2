const SVG = 'http://www.w3.org/2000/svg';

/**
 * Sets attributes, and functions as listeners. Undefined, null and false leave the attribute out. There is no way to set a style
 * or a piece of HTML here: the server's content-security-policy forbids the one, and the other would let data become a program.
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, unknown>} attributes
 * @returns {E}
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value === undefined || value === null || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? '' : String(value));
  }
  return element;
}

/**
 * An HTML element. Children that are no nodes become text.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} attributes
 * @param {...(Node | string | number | null | undefined | false)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = set(document.createElement(tag), attributes);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(asNode));
  return element;
}

/**
 * An SVG element.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} attributes
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = set(document.createElementNS(SVG, tag), attributes);
  element.append(...children);
  return element;
}

/** @param {Node | string | number | false} child */
const asNode = (child) => (child instanceof Node ? child : String(child));

/** Writes a text only when it is another: what did not change is not drawn again, and stays selected. */
export function setText(/** @type {Element} */ element, /** @type {string | number} */ text) {
  if (element.textContent !== String(text)) element.textContent = String(text);
}

/**
 * Keeps the children of `parent` in step with a list: the same key keeps its node, and with it focus, hover and scroll.
 * @template V
 * @param {Element} parent
 * @param {(value: V) => string} keyOf
 * @param {(value: V) => { node: Element, update: (value: V) => void }} create
 * @returns {(values: readonly V[]) => void}
 */
export function keyedList(parent, keyOf, create) {
  /** @type {Map<string, { node: Element, update: (value: V) => void }>} */
  const items = new Map();
  return (values) => {
    const keys = new Set(values.map(keyOf));
    for (const [key, { node }] of items) {
      if (keys.has(key)) continue;
      node.remove();
      items.delete(key);
    }
    /** @type {Node | null} */
    let next = parent.firstChild;
    for (const value of values) {
      const key = keyOf(value);
      const item = items.get(key) ?? create(value);
      items.set(key, item);
      item.update(value);
      if (item.node === next) next = next.nextSibling;
      else parent.insertBefore(item.node, next);
    }
  };
}
