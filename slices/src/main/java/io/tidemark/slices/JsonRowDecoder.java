package io.tidemark.slices;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events from JSON, one object a line. What is wrong is told with its line, and without the values that are there. */
final class JsonRowDecoder implements RowDecoder {
    private static final int BATCH_ROWS = 4096;
    private static final long BATCH_BYTES = 4L << 20;

    /** Names are also keys of maps, of which there is no end: they are not kept, and may be alike. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser json;
    private final RowSchema schema;
    private final Map<String, Integer> places = new HashMap<>();
    private final BitSet seen = new BitSet();
    private long line;

    JsonRowDecoder(ObjectInput in, RowSchema schema) throws IOException {
        this.json = JSON.createParser(new InputBytes(in));
        this.schema = schema;
        for (int i = 0; i < schema.columns().size(); i++) {
            places.put(EventColumns.fileName(schema.columns().get(i).name()), i);
        }
    }

    @Override
    public boolean read(ChangeBatch batch) throws IOException {
        while (batch.size() < BATCH_ROWS && batch.sizedBytes() < BATCH_BYTES) {
            line++;
            try {
                if (json.nextToken() == null) {
                    break;
                }
                require(json.currentTokenLocation().getLineNr() == line, "there is not one object a line");
                readRow(batch);
            } catch (JsonProcessingException e) {
                // Its message, and that of the cause, may show what is there.
                throw new IllegalArgumentException(place() + ": it is no JSON, or a value is not of its column's type");
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(place() + ": " + reason(e));
            }
        }
        return !batch.isEmpty();
    }

    private void readRow(ChangeBatch batch) throws IOException {
        require(json.currentToken() == JsonToken.START_OBJECT, "it is no object");
        Event event = new Event();
        seen.clear();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            Integer place = places.get(name);
            if (place == null) {
                readEvent(event, batch, name);
            } else {
                require(!seen.get(place), "a column is there and unchanged");
                seen.set(place);
                JsonValues.read(json, batch.column(place));
            }
        }
        require(seen.cardinality() == schema.columns().size(), "it lacks a column");
        batch.beginRow(
                event.operation(),
                Event.number(event.position),
                Event.number(event.sequence),
                Event.number(event.transaction),
                Event.number(event.commitMicros));
    }

    private void readEvent(Event event, ChangeBatch batch, String name) throws IOException {
        switch (name) {
            case EventColumns.OPERATION -> {
                String letter = JsonValues.text(json);
                require(letter.length() == 1, "the operation is not one letter");
                event.operation = Operation.ofCode((byte) letter.charAt(0));
            }
            case EventColumns.POSITION ->
                event.position = Position.ofHex(JsonValues.text(json)).value();
            case EventColumns.SEQUENCE -> event.sequence = json.getLongValue();
            case EventColumns.TRANSACTION -> event.transaction = json.getLongValue();
            case EventColumns.COMMIT_TIME -> event.commitMicros = JsonValues.instantMicros(JsonValues.text(json));
            case EventColumns.UNCHANGED -> readUnchanged(batch);
            default -> throw new MalformedValueException("it has a column that the table does not have");
        }
    }

    private void readUnchanged(ChangeBatch batch) throws IOException {
        require(json.currentToken() == JsonToken.START_ARRAY, "the unchanged columns are no list");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            int place = places.getOrDefault(JsonValues.text(json), -1);
            require(place >= 0 && !seen.get(place), "an unchanged column is there, or none of the table");
            seen.set(place);
            batch.column(place).appendUnchanged();
        }
    }

    private String place() {
        return "line " + line + ", column " + json.currentLocation().getColumnNr();
    }

    private static String reason(RuntimeException e) {
        return e instanceof MalformedValueException
                ? String.valueOf(e.getMessage())
                : "a value is not of its column's type";
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new MalformedValueException(otherwise);
        }
    }

    @Override
    public void close() throws IOException {
        json.close();
    }

    /** What an object says of the event; null for what it did not say yet. */
    private static final class Event {
        private @Nullable Operation operation;
        private @Nullable Long position;
        private @Nullable Long sequence;
        private @Nullable Long transaction;
        private @Nullable Long commitMicros;

        Operation operation() {
            if (operation == null) {
                throw new MalformedValueException("it lacks the operation");
            }
            return operation;
        }

        static long number(@Nullable Long value) {
            if (value == null) {
                throw new MalformedValueException("it lacks a figure of the event");
            }
            return value;
        }
    }

    /** An object of the storage as a stream. */
    private static final class InputBytes extends InputStream {
        private final ObjectInput in;
        private long position;

        InputBytes(ObjectInput in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = (int) Math.min(length, in.length() - position);
            if (count == 0 && length > 0) {
                return -1;
            }
            in.readFully(position, buffer, offset, count);
            position += count;
            return count;
        }
    }
}
