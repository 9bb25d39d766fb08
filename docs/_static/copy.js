// A button on each block of code that copies it: of a console, the commands alone, without prompts and output.
"use strict";

function commands(text) {
  const lines = text.split("\n");
  if (!lines.some((line) => line.startsWith("$ "))) return text;
  let continued = false;
  const kept = lines.filter((line) => {
    const keep = continued || line.startsWith("$ ");
    continued = keep && line.endsWith("\\");
    return keep;
  });
  return kept.map((line) => line.replace(/^\$ /, "")).join("\n") + "\n";
}

function addButton(block) {
  const button = document.createElement("button");
  const label = (text) => { button.textContent = text; };
  button.type = "button";
  button.className = "copy";
  button.setAttribute("aria-label", "Copy this code");
  label("Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(commands(block.querySelector("pre").textContent));
      label("Copied");
    } catch {
      label("Select it, please");  // no permission, or a page that was opened as a file
    }
    setTimeout(label, 2000, "Copy");
  });
  block.append(button);
}

document.addEventListener("DOMContentLoaded", () => {
  if (navigator.clipboard) document.querySelectorAll("div.highlight").forEach(addButton);
});
