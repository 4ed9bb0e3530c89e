// Reads one JSON string a line and prints {"length", "urls"} for each, as the reference counter sees it.
import readline from "node:readline";
import twitter from "twitter-text";

for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const text = JSON.parse(line);
  const urls = twitter.extractUrlsWithIndices(text.normalize()).map((found) => found.url);
  process.stdout.write(JSON.stringify({ length: twitter.parseTweet(text).weightedLength, urls }) + "\n");
}
