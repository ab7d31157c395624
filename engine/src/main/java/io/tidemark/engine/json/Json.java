package io.tidemark.engine.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;

/** Records as JSON: times as ISO text, positions as 16 hexadecimal digits. Unknown properties are ignored, so that a newer version can add some. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .registerModule(new SimpleModule()
                    .addSerializer(Instant.class, new TextSerializer<>(Instant::toString))
                    .addDeserializer(Instant.class, new TextDeserializer<>(Instant::parse))
                    .addSerializer(Position.class, new TextSerializer<>(Position::toHex))
                    .addDeserializer(Position.class, new TextDeserializer<>(Position::ofHex)));

    private Json() {}

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new TidemarkException(ErrorCode.INTERNAL, "Cannot write JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The same, indented for people. */
    public static String writePretty(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new TidemarkException(ErrorCode.INTERNAL, "Cannot write JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads a record.
     *
     * @param what names the document in the error
     */
    public static <T> T read(String json, Class<T> type, String what) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new TidemarkException(
                    ErrorCode.INTERNAL, "Cannot read " + what + ": not valid (" + e.getOriginalMessage() + ")", e);
        }
    }

    private static final class TextSerializer<T> extends JsonSerializer<T> {
        private final Function<T, String> writer;

        TextSerializer(Function<T, String> writer) {
            this.writer = writer;
        }

        @Override
        public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(writer.apply(value));
        }
    }

    private static final class TextDeserializer<T> extends JsonDeserializer<T> {
        private final Function<String, T> reader;

        TextDeserializer(Function<String, T> reader) {
            this.reader = reader;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return reader.apply(parser.getText());
        }
    }
}
