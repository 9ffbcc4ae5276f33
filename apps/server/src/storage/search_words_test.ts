import { expect, test } from "vitest";
import { allSearchForms, searchForms, searchNeedle, searchWords } from "./search_words.ts";

const wordsOf = (text: string) => Array.from(searchWords(text), ({ text: word }) => word);

test.each([
  ["the forms of alef", ["أحمد", "إحمد", "آحمد", "ٱحمد", "احمد"]],
  ["hamza on its seat", ["مؤمن", "مومن"]],
  ["hamza on yaa", ["رئيس", "رييس"]],
  ["hamza alone", ["سماء", "سما"]],
  ["taa marbuta and haa", ["مدرسة", "مدرسه"]],
  ["alef maqsura and yaa", ["مستشفى", "مستشفي", "مستشفی"]],
  ["vowel marks", ["كَتَبَ", "كتب", "كُتِبَ"]],
  ["the letter stretcher", ["كتــــاب", "كتاب", "ـكتاب"]],
  ["Arabic and Persian digits", ["٢٠٢٦", "۲۰۲۶", "2026"]],
  ["presentation forms", ["ﻛﺘﺎب", "كتاب"]],
  ["invisible joiners and directions", ["می\u200cخواهم\u200f", "ميخواهم"]],
  ["Latin case and accents", ["Crème", "creme", "CRÈME"]],
])("searchWords() makes no difference of %s", (_name, texts) => {
  const [first] = texts.map(wordsOf);
  for (const text of texts) expect(wordsOf(text), text).toEqual(first);
  expect(first).toHaveLength(1);
});

test("searchWords() tells where each word stands in the text, its marks included", () => {
  const text = "👩‍🚀 «السَّلامُ» عليكم، v2.5 و 東京";
  const marked = Array.from(searchWords(text), ({ text: word, from, to }) => [word, text.slice(from, to)]);
  expect(marked).toEqual([
    ["السلام", "السَّلامُ"],
    ["عليكم", "عليكم"],
    ["v2", "v2"],
    ["5", "5"],
    ["و", "و"],
    ["東", "東"],
    ["京", "京"],
  ]);
});

test("searchWords() finds nothing in marks and signs, and cuts what is no word", () => {
  expect(wordsOf(" \u0000 ... َ ـ 👍 \ud800 ء ")).toEqual([]);
  expect(wordsOf("x".repeat(1000))).toEqual(["x".repeat(64)]);
});

test("searchForms() and searchNeedle() meet with the article and without", () => {
  for (const word of ["الكتاب", "كتاب"]) expect(searchForms(word)).toContain(searchNeedle("الكتاب"));
  expect(searchForms("الم")).toEqual(["الم"]);
});

test("allSearchForms() finds what searchWords() finds, whatever stands between and within the words", () => {
  const pieces = [
    "Abc",
    "abc",
    "_",
    "-",
    "’",
    "½",
    "™",
    "①",
    " ",
    "\n",
    "\u0301",
    "\u200f",
    "ء",
    "الكتاب",
    "كِتاب",
    "東京",
    "é",
    "7",
    "\ud800",
    "x".repeat(70),
  ];
  let seed = 7;
  const next = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed;
  };
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: next() % 12 }, () => pieces[next() % pieces.length]).join("");
    const forms = new Set(Array.from(searchWords(text), ({ text: word }) => searchForms(word)).flat());
    expect(allSearchForms(text), text).toEqual(forms);
  }
});
