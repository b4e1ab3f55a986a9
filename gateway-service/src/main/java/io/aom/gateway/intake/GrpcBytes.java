package io.aom.gateway.intake;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Takes gRPC messages as the bytes that came, maybe still compressed. */
final class GrpcBytes implements MethodDescriptor.Marshaller<byte[]> {
  @Override
  public InputStream stream(byte[] message) {
    return new ByteArrayInputStream(message);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readNBytes(stream.available());
    } catch (IOException e) {
      throw new UncheckedIOException("gRPC message", e);
    }
  }
}
