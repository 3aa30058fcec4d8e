// SPDX-License-Identifier: Apache-2.0
// Reads what was dropped or chosen: files, and folders with all that is in them.
import { kBytesMax, kFilesMax, type BroughtFile } from './brought';

export async function readDrop(transfer: DataTransfer): Promise<BroughtFile[]> {
  // The list is empty once the event is over, so entries are taken before the first await.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return readChosen(transfer.files);
  const files: { path: string; file: File }[] = [];
  for (const entry of entries) await collect(entry, '', files);
  return Promise.all(files.map(async ({ path, file }) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) })));
}

export async function readChosen(files: FileList): Promise<BroughtFile[]> {
  const chosen = [...files].slice(0, kFilesMax + 1);
  if (chosen.reduce((sum, file) => sum + file.size, 0) > kBytesMax) throw new Error(`These are more than ${kBytesMax >> 20} MB.`);
  return Promise.all(chosen.map(async (file) => ({ path: withoutFolder(file.webkitRelativePath) || file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}

/** The name of the chosen folder itself says nothing. */
function withoutFolder(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

async function collect(entry: FileSystemEntry, folder: string, files: { path: string; file: File }[]): Promise<void> {
  if (files.length > kFilesMax) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    files.push({ path: folder + entry.name, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const below = `${folder}${entry.name}/`;
  for (;;) {
    // A folder is read a hundred entries at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const inner of some) await collect(inner, below, files);
  }
}
