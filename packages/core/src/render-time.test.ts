// The time limit of templates (render.ts): for those that do not end, not for a process that stood still.
import { afterEach, expect, it, vi } from 'vitest';
import { type RenderInput, render } from './render.ts';

const input = (text: string): RenderInput => ({
  template: { id: 't', sms: { text } } as RenderInput['template'],
  role: 'notice',
  channel: 'sms',
  locale: 'en',
  zone: 'UTC',
  context: { data: { name: 'Ana' }, actions: {} } as unknown as RenderInput['context'],
  consequence: null,
  urgency: 'normal',
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('does not fail a message because the process stood still while it was rendered', () => {
  const times = [0, 60_000]; // the render begins, and a minute passes
  vi.spyOn(performance, 'now').mockImplementation(() => times.shift() ?? 60_000);
  expect(render(input('Hello {{ data.name }}'))).toMatchObject({ ok: true, content: { text: 'Hello Ana' } });
});

it('fails a template that does not end', () => {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 60));
  expect(render(input('{% for n in (1..9) %}{{ n }}{% endfor %}'))).toMatchObject({ ok: false });
});
