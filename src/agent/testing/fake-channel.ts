import type { ApiChannel, Question, Reply } from '../api-channel.ts'

/** A service that answers by a function. */
export class FakeChannel implements ApiChannel {
  readonly asked: Question[] = []
  answer: (question: Question) => Reply | Promise<Reply>

  constructor(answer: FakeChannel['answer']) {
    this.answer = answer
  }

  async ask(question: Question): Promise<Reply> {
    this.asked.push(question)
    return this.answer(question)
  }

  close(): void {}
}
