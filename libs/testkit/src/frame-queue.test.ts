import { describe, expect, it } from 'vitest';
import { FrameQueue } from './frame-queue.js';

describe('FrameQueue.next()', () => {
  it('takes the oldest item that fits and leaves the others in order', async () => {
    const queue = new FrameQueue<number>();
    [1, 2, 3, 4].forEach((item) => queue.push(item));
    expect(await queue.next((item) => item % 2 === 0)).toBe(2);
    expect(queue.pending).toEqual([1, 3, 4]);
  });

  it('gives each of two waiting calls what it waits for', async () => {
    const queue = new FrameQueue<number>();
    const even = queue.next((item) => item % 2 === 0);
    const odd = queue.next((item) => item % 2 === 1);
    queue.push(1);
    queue.push(2);
    expect(await Promise.all([even, odd])).toEqual([2, 1]);
  });

  it('gives what is pending after the end, then rejects with the reason', async () => {
    const queue = new FrameQueue<number>();
    queue.push(1);
    queue.end(new Error('closed'));
    queue.end(new Error('again'));
    expect(await queue.next()).toBe(1);
    await expect(queue.next()).rejects.toThrow('closed');
  });

  it('rejects after the bound and tells how many others are pending', async () => {
    const queue = new FrameQueue<number>();
    queue.push(1);
    await expect(queue.next((item) => item === 2, 20)).rejects.toThrow('waited 20 ms for a frame; 1 others');
  });
});

describe('FrameQueue', () => {
  it('iterates in order until the end', async () => {
    const queue = new FrameQueue<number>();
    const seen: number[] = [];
    const reading = (async () => { for await (const item of queue) seen.push(item); })();
    queue.push(1);
    await Promise.resolve();
    queue.push(2);
    queue.end(new Error('closed'));
    await reading;
    expect(seen).toEqual([1, 2]);
  });
});
