import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanDetail } from "./detail.ts";

test("cleanDetail() keeps no secret", () => {
  for (const secret of [
    "sk-or-v1-0123456789abcdef0123456789abcdef",
    "sk-proj-Ab3_x-Yz0123456789",
    "sk-ant-api03-AbCdEf012345",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "AIzv00G7VmUCUeC-5OglO3hcXM",
    "gsk_AbCdEf0123456789AbCdEf",
    "hf_AbCdEf0123456789AbCdEf",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "QWxhZGRpbjpvcGVuIHNlc2FtZTEyMzQ1Njc4OTA=",
    "0123456789abcdef0123456789abcdef",
  ]) {
    const detail = cleanDetail(`Incorrect key ${secret} was given`) ?? "";
    assert.equal(detail, "Incorrect key [masked] was given", secret);
  }
  assert.equal(cleanDetail("Authorization: Bearer abc.def-123"), "Authorization: [masked]");
  assert.equal(cleanDetail("Invalid API key: key1234"), "Invalid API key: [masked]");
  assert.equal(cleanDetail("Incorrect API key provided: sk-abc***xyz."), "Incorrect API key provided: [masked]");
});

test("cleanDetail() leaves the names of models and limits readable", () => {
  for (const text of [
    "model claude-3-5-sonnet-20241022 not found",
    "nvidia/nemotron-3-ultra-550b-a55b:free is busy",
    "publishers/google/models/gemini-1.5-flash in us-central1",
    "generate_content_paid_tier_input_token_count, limit: 1000000",
  ]) {
    assert.equal(cleanDetail(text), text);
  }
});

test("cleanDetail() keeps at most 200 characters and never half a character", () => {
  const detail = cleanDetail(`${"a".repeat(198)}😀😀😀`) ?? "";
  assert.equal(detail, `${"a".repeat(198)}…`);
  assert.ok((cleanDetail("مرحبا ".repeat(500)) ?? "").length <= 200);
});

test("cleanDetail() drops HTML, control characters and emptiness", () => {
  assert.equal(
    cleanDetail("<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>"),
    "502 Bad Gateway",
  );
  assert.equal(cleanDetail("<html><style>a{}</style><script>alert(1)</script><b>Down</b>"), "Down");
  assert.equal(cleanDetail("a\u0000\u001b[31mb\u202ec\r\nd"), "a [31mb c d");
  assert.equal(cleanDetail(" \n\u0007 "), undefined);
  assert.equal(cleanDetail("tokens < 5 and > 3"), "tokens < 5 and > 3");
});
