package io.aom.topology.query;

import io.aom.blockstore.HeadQuery;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.head.SpanSegment;

/** A question to heads of spans whose messages between members are written like columns. */
abstract class SpanHeadQuery<Q, R> implements HeadQuery<SpanSegment, Q, R> {
  private static final int VERSION = 1;
  private final String name;

  SpanHeadQuery(String name) {
    this.name = name;
  }

  abstract void writeQuestion(ColumnWriter out, Q question);

  abstract Q readQuestion(ColumnReader in);

  abstract void writeAnswer(ColumnWriter out, R answer);

  abstract R readAnswer(ColumnReader in);

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final byte[] encodeQuestion(Q question) {
    ColumnWriter out = new ColumnWriter(VERSION, 256);
    writeQuestion(out, question);
    return out.finish();
  }

  @Override
  public final Q decodeQuestion(byte[] bytes) {
    ColumnReader in = ColumnReader.of(name + " question", bytes, VERSION);
    Q question = readQuestion(in);
    in.end();
    return question;
  }

  @Override
  public final byte[] encodeAnswer(R answer) {
    ColumnWriter out = new ColumnWriter(VERSION, 1024);
    writeAnswer(out, answer);
    return out.finish();
  }

  @Override
  public final R decodeAnswer(Q question, byte[] bytes) {
    ColumnReader in = ColumnReader.of(name + " answer", bytes, VERSION);
    R answer = readAnswer(in);
    in.end();
    return answer;
  }
}
