import { describe, expect, it, vi } from 'vitest';
import { connectTo, rejection, startServer, text } from './harness.js';

describe('request()', () => {
  it('resolves with the first answer, which goes to the asking session alone', async () => {
    const server = await startServer();
    const asker = await connectTo(server, { token: 'asker.jwt' });
    const responder = await connectTo(server, { token: 'responder.jwt' });
    const plans = await responder.join('plans');
    const answers: Promise<unknown>[] = [];
    plans.on('message', (message) => {
      answers.push(message.reply({ type: 'text/plain', payload: `answer to ${message.text}` }));
    });
    const [one, two] = await Promise.all([asker.request('plans', text('one')), asker.request('plans', text('two'))]);
    expect([one.text, two.text]).toEqual(['answer to one', 'answer to two']);
    await Promise.all(answers);
    expect(one).toMatchObject({ type: 'text/plain', sender: 'responder', session: responder.session });
    const [question] = server.sessions[0].runs();
    expect(question.batch.envelopes[0].headers).toEqual({ 'arqon-expects': 'reply' });
    const [answer] = server.sessions[1].runs();
    expect(answer.batch).toMatchObject({ recipient: 'asker', recipientSession: asker.session, room: '' });
    const body = answer.batch.envelopes[0].body;
    expect(body.case === 'reply' && body.value.requestId).toEqual(question.batch.envelopes[0].id);
  });

  it('rejects at once when nobody is there to answer', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = () => ({ code: 'NO_RESPONDERS' });
    expect(await rejection(bus.request('plans', text('anybody?')))).toMatchObject({ code: 'NO_RESPONDERS' });
  });

  it('times out, and gives up by signal', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    expect(await rejection(bus.request('plans', text('a'), { timeoutMs: 20 }))).toMatchObject({ code: 'TIMEOUT' });
    const before = server.current.runs().length;
    const controller = new AbortController();
    const asked = rejection(bus.request('plans', text('b'), { signal: controller.signal }));
    await vi.waitFor(() => expect(server.current.runs()).toHaveLength(before + 1), 15_000);
    controller.abort(new Error('enough'));
    expect(await asked).toMatchObject({ message: 'enough' });
  });

  it('gets an answer that arrived while disconnected', async () => {
    const server = await startServer();
    const asker = await connectTo(server, { token: 'asker.jwt' });
    const responder = await connectTo(server, { token: 'responder.jwt' });
    const plans = await responder.join('plans');
    const question = new Promise<void>((resolve) => {
      plans.on('message', (message) => {
        server.sessions[0].socket.terminate();
        void message.reply(text('late')).then(() => resolve());
      });
    });
    const answer = asker.request('plans', text('q'));
    await question;
    expect((await answer).text).toBe('late');
  });

  it('rejects what is pending when the bus closes', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const asked = rejection(bus.request('plans', text('q')));
    await vi.waitFor(() => expect(server.current.runs()).toHaveLength(1), 15_000);
    await bus.close();
    expect(await asked).toMatchObject({ name: 'ClosedError' });
  });

  it('answers an event of the inbox', async () => {
    const server = await startServer();
    const asker = await connectTo(server, { token: 'asker.jwt' });
    const responder = await connectTo(server, { token: 'responder.jwt' });
    const inbox = await responder.inbox();
    const answering = (async () => {
      for await (const message of inbox) return message.reply(text(`re: ${message.text}`));
      return undefined;
    })();
    expect((await asker.request('@responder', text('hi'))).text).toBe('re: hi');
    expect(await answering).toMatchObject({ durability: 'MEMORY' });
  });
});
