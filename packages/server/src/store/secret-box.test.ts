// Secrets at rest: what opens them, and everything that must not.
import { expect, it } from 'vitest';
import { SealedError, secretBox } from './secret-box.ts';

const OLD = 'o'.repeat(32);
const NEW = 'n'.repeat(32);

it('opens what it sealed, in the same place only', () => {
  const box = secretBox(NEW);
  const sealed = box.seal('s3cret — 完成', 'connection:default:sms');
  expect(sealed).not.toContain('s3cret');
  expect(box.open(sealed, 'connection:default:sms')).toBe('s3cret — 完成');
  expect(() => box.open(sealed, 'connection:other:sms')).toThrow(SealedError);
  expect(box.seal('s3cret — 完成', 'connection:default:sms')).not.toBe(sealed);
});

it('one changed character is noticed', () => {
  const box = secretBox(NEW);
  const sealed = box.seal('secret', 'c');
  for (let at = sealed.lastIndexOf('.') + 1; at < sealed.length; at++) {
    const other = sealed[at] === 'A' ? 'g' : 'A';
    const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`;
    expect(() => box.open(changed, 'c'), `at ${at}`).toThrow(SealedError);
  }
  for (const garbage of ['', 'v1', 'v2.x.y', 'v1..', `v1.${box.keyId}.AAAA`])
    expect(() => box.open(garbage, 'c')).toThrow(SealedError);
});

it('a new secret comes in while the old one still opens, on every node in turn', () => {
  const before = secretBox(OLD);
  const waiting = secretBox(OLD, [NEW]); // first every node learns of the next secret,
  const after = secretBox(NEW, [OLD]); // then they change over, one by one,
  const done = secretBox(NEW); // and then the old one is dropped
  const sealed = before.seal('secret', 'c');
  const resealed = after.seal(after.open(sealed, 'c'), 'c');
  expect(waiting.open(resealed, 'c')).toBe('secret');
  expect(after.isOld(sealed)).toBe(true);
  expect(after.isOld(resealed)).toBe(false);
  expect(done.open(resealed, 'c')).toBe('secret');
  expect(() => done.open(sealed, 'c')).toThrow(/another secret/);
  expect(before.keyId).not.toBe(after.keyId);
});
