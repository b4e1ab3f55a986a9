package io.aom.service.time;

import io.aom.telemetry.InstantText;
import java.time.Instant;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/** Reads {@link InstantText} from a JSON string or number. */
class InstantDeserializer extends StdScalarDeserializer<Instant> {
  InstantDeserializer() {
    super(Instant.class);
  }

  @Override
  public Instant deserialize(JsonParser parser, DeserializationContext context) {
    JsonToken token = parser.currentToken();
    try {
      if (token == JsonToken.VALUE_NUMBER_INT) {
        return InstantText.ofMillis(parser.getLongValue());
      }
      if (token == JsonToken.VALUE_STRING) {
        return InstantText.parse(parser.getString());
      }
    } catch (IllegalArgumentException e) {
      throw context
          .weirdStringException(
              String.valueOf(parser.getString()), Instant.class, String.valueOf(e.getMessage()))
          .withCause(e);
    }
    return (Instant) context.handleUnexpectedToken(getValueType(context), parser);
  }
}
