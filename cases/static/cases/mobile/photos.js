// A photo is drawn anew, smaller: that leaves out where and with which device it was taken.
import { moment } from "./ui.js";

const EDGE = 1280; // pixels
const LIMIT = 600 * 1024; // bytes
export const MOST = 9;

const load = (file) => new Promise((done, fail) => {
  const image = new Image();
  const address = URL.createObjectURL(file);
  image.onload = () => done([image, address]);
  image.onerror = () => {
    URL.revokeObjectURL(address);
    fail(new Error("no picture"));
  };
  image.src = address;
});

function draw(image, edge, caption) {
  const scale = Math.min(1, edge / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext("2d");
  // what is transparent would turn black
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  if (caption) {
    const size = Math.max(14, Math.round(canvas.width / 32));
    pen.font = `600 ${size}px sans-serif`;
    pen.fillStyle = "rgba(0,0,0,.55)";
    pen.fillRect(0, canvas.height - size * 2, canvas.width, size * 2);
    pen.fillStyle = "#fff";
    pen.fillText(caption, size * 0.6, canvas.height - size * 0.65, canvas.width - size);
  }
  return canvas;
}

const encode = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

// The bytes of a JPEG of at most 600 KB and 1280 pixels; `place` stands in the picture with the time, if one is given.
export async function shrink(file, place) {
  const [image, address] = await load(file);
  try {
    const caption = place === null ? "" : `${moment(Date.now())}　${place}`;
    for (const edge of [EDGE, 960, 640]) {
      const canvas = draw(image, edge, caption);
      for (const quality of [0.7, 0.5, 0.35]) {
        const blob = await encode(canvas, quality);
        if (blob && blob.size <= LIMIT) return await blob.arrayBuffer();
      }
      canvas.width = 0; // gives the memory of a small phone back at once
    }
    throw new Error("too large");
  } finally {
    URL.revokeObjectURL(address);
  }
}
