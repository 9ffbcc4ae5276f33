import { expect, test } from "vitest";
import { parseBaseUrl } from "./base_url.ts";

const FORBIDDEN = [
  "169.254.169.254",
  "169.254.169.254.",
  "2852039166",
  "0xA9FEA9FE",
  "0xa9.0xfe.0xa9.0xfe",
  "0251.0376.0251.0376",
  "169.254.43518",
  "169.16689662",
  "１６９.２５４.１６９.２５４",
  "169。254。169。254",
  "[::ffff:169.254.169.254]",
  "[::ffff:a9fe:a9fe]",
  "[0:0:0:0:0:ffff:a9fe:a9fe]",
  "[::169.254.169.254]",
  "[64:ff9b::169.254.169.254]",
  "[64:ff9b:1::a9fe:a9fe]",
  "[2002:a9fe:a9fe::1]",
  "169.254.170.2",
  "169.254.0.1",
  "[fe80::1]",
  "[febf::1]",
  "[fd00:ec2::254]",
  "[fd00:0ec2:0:0::0254]",
  "[fd00:ec2::23]",
  "[fd20:ce::254]",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
  "metadata.google.internal",
  "METADATA.google.internal.",
  "metadata.goog",
  "metadata",
  "instance-data",
];

test.each(FORBIDDEN)("parseBaseUrl() refuses %s, at which a cloud gives out credentials", (host) => {
  for (const scheme of ["http", "https"]) {
    const result = parseBaseUrl(`${scheme}://${host}/v1`);
    expect(result).toMatchObject({ message: { en: expect.stringContaining("metadata"), ar: expect.any(String) } });
  }
});

test.each([
  "127.0.0.1",
  "localhost",
  "[::1]",
  "10.0.0.7",
  "192.168.1.20",
  "172.17.0.1",
  "[fd12::7]",
  "gateway.internal",
  "100.100.100.201",
  "[2002:a00:7::1]",
])("parseBaseUrl() takes %s, where a local gateway may be", (host) => {
  expect(parseBaseUrl(`http://${host}:8080/v1`)).toHaveProperty("url");
});

test.each([
  "file:///etc/passwd",
  "ftp://example.com/v1",
  "data:text/plain,x",
  "javascript:alert(1)",
  "gopher://127.0.0.1:6379/_x",
  "unix:/run/docker.sock",
  "ws://127.0.0.1/v1",
  "http://user:secret-word@example.com/v1",
  "http://169.254.169.254@example.com/v1",
])("parseBaseUrl() refuses %s, and repeats no secret of it", (text) => {
  const result = parseBaseUrl(text);
  expect(result).toHaveProperty("message");
  expect(JSON.stringify(result)).not.toContain("secret-word");
});
