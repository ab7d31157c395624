package io.tidemark.slices;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Field;
import io.tidemark.spi.verify.CanonicalText;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Values as JSON that holds them exactly: numbers as numbers, infinities and NaN as text, decimals as text with all their digits, dates and times in ISO 8601,
 * bytes in base64, lists as lists, structs and maps as objects.
 */
final class JsonValues {
    private static final long MICROS = 1_000_000L;
    private static final int MICRO_NANOS = 1_000;

    private JsonValues() {}

    /**
     * Writes the value of a row that is not unchanged.
     *
     * @throws IllegalArgumentException when it does not fit its type
     */
    static void write(JsonGenerator out, String column, ColumnVector values, int row) throws IOException {
        if (!values.isPresent(row)) {
            out.writeNull();
            return;
        }
        switch (values.type().kind()) {
            case BOOLEAN -> out.writeBoolean(((BooleanVector) values).value(row));
            case INT32 -> out.writeNumber(((IntVector) values).value(row));
            case INT64 -> out.writeNumber(((LongVector) values).value(row));
            case FLOAT32 -> out.writeNumber(((FloatVector) values).value(row));
            case FLOAT64 -> out.writeNumber(((DoubleVector) values).value(row));
            case DECIMAL -> out.writeString(decimal(column, values, row));
            case STRING -> out.writeString(utf8(column, (BytesVector) values, row));
            case BYTES -> out.writeBinary(((BytesVector) values).bytes(row));
            case UUID -> out.writeString(CanonicalText.text(values, row));
            case DATE ->
                out.writeString(
                        LocalDate.ofEpochDay(((IntVector) values).value(row)).toString());
            case TIME -> out.writeString(time(column, ((LongVector) values).value(row)));
            case TIMESTAMP ->
                out.writeString(LocalDateTime.ofInstant(instant(((LongVector) values).value(row)), ZoneOffset.UTC)
                        .toString());
            case TIMESTAMP_TZ ->
                out.writeString(instant(((LongVector) values).value(row)).toString());
            case LIST -> {
                ListVector list = (ListVector) values;
                out.writeStartArray();
                for (int i = list.start(row); i < list.end(row); i++) {
                    write(out, column, list.element(), i);
                }
                out.writeEndArray();
            }
            case STRUCT -> {
                StructVector struct = (StructVector) values;
                List<Field> fields = values.type().fields();
                out.writeStartObject();
                for (int i = 0; i < fields.size(); i++) {
                    out.writeFieldName(fields.get(i).name());
                    write(out, column, struct.field(i), row);
                }
                out.writeEndObject();
            }
            case MAP -> {
                ListVector entries = (ListVector) values;
                StructVector parts = (StructVector) entries.element();
                out.writeStartObject();
                for (int i = entries.start(row); i < entries.end(row); i++) {
                    out.writeFieldName(utf8(column, (BytesVector) parts.field(0), i));
                    write(out, column, parts.field(1), i);
                }
                out.writeEndObject();
            }
        }
    }

    /** Appends the value that the parser stands at. */
    static void read(JsonParser in, ColumnVector values) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            values.appendNull();
            return;
        }
        switch (values.type().kind()) {
            case BOOLEAN -> ((BooleanVector) values).append(in.getBooleanValue());
            case INT32 -> ((IntVector) values).append(whole(in).getIntValue());
            case INT64 -> ((LongVector) values).append(whole(in).getLongValue());
            case FLOAT32 -> ((FloatVector) values).append(Float.parseFloat(number(in)));
            case FLOAT64 -> ((DoubleVector) values).append(Double.parseDouble(number(in)));
            case DECIMAL -> CanonicalText.append(values, decimal(values.type(), text(in)));
            case STRING -> ((BytesVector) values).append(text(in));
            case BYTES -> {
                text(in);
                ((BytesVector) values).append(in.getBinaryValue());
            }
            case UUID -> CanonicalText.append(values, text(in));
            case DATE ->
                ((IntVector) values)
                        .append(Math.toIntExact(LocalDate.parse(text(in)).toEpochDay()));
            case TIME -> ((LongVector) values).append(LocalTime.parse(text(in)).toNanoOfDay() / MICRO_NANOS);
            case TIMESTAMP ->
                ((LongVector) values)
                        .append(micros(LocalDateTime.parse(text(in)).toInstant(ZoneOffset.UTC)));
            case TIMESTAMP_TZ -> ((LongVector) values).append(instantMicros(text(in)));
            case LIST -> {
                require(in.currentToken() == JsonToken.START_ARRAY);
                ((ListVector) values).begin();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    read(in, ((ListVector) values).element());
                }
            }
            case STRUCT -> readStruct(in, (StructVector) values);
            case MAP -> readMap(in, (ListVector) values);
        }
    }

    private static void readStruct(JsonParser in, StructVector struct) throws IOException {
        require(in.currentToken() == JsonToken.START_OBJECT);
        struct.begin();
        List<Field> fields = struct.type().fields();
        for (int i = 0; i < fields.size(); i++) {
            require(in.nextToken() == JsonToken.FIELD_NAME
                    && in.currentName().equals(fields.get(i).name()));
            in.nextToken();
            read(in, struct.field(i));
        }
        require(in.nextToken() == JsonToken.END_OBJECT);
    }

    private static void readMap(JsonParser in, ListVector map) throws IOException {
        require(in.currentToken() == JsonToken.START_OBJECT);
        map.begin();
        StructVector entries = (StructVector) map.element();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            require(in.currentToken() == JsonToken.FIELD_NAME);
            entries.begin();
            ((BytesVector) entries.field(0)).append(in.currentName());
            in.nextToken();
            read(in, entries.field(1));
        }
        map.orderEntries();
    }

    static String text(JsonParser in) throws IOException {
        require(in.currentToken() == JsonToken.VALUE_STRING);
        return in.getText();
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static long instantMicros(String text) {
        return micros(Instant.parse(text));
    }

    /** Exact to the ends of the range, which a sum that begins with the whole seconds would pass. */
    private static long micros(Instant time) {
        long seconds = time.getEpochSecond();
        long micros = time.getNano() / MICRO_NANOS;
        return seconds < 0
                ? Math.addExact(Math.multiplyExact(seconds + 1, MICROS), micros - MICROS)
                : Math.addExact(Math.multiplyExact(seconds, MICROS), micros);
    }

    private static JsonParser whole(JsonParser in) {
        require(in.currentToken() == JsonToken.VALUE_NUMBER_INT);
        return in;
    }

    private static String number(JsonParser in) throws IOException {
        JsonToken token = in.currentToken();
        require(token == JsonToken.VALUE_STRING || (token != null && token.isNumeric()));
        return in.getText();
    }

    private static String decimal(String column, ColumnVector values, int row) {
        String text = CanonicalText.text(values, row);
        if (new BigDecimal(text).precision() > values.type().precision()) {
            throw misfit(column, values, "a value has more digits than the type");
        }
        return text;
    }

    private static String decimal(ColumnType type, String text) {
        BigDecimal value = new BigDecimal(text);
        require(value.scale() == type.scale() && value.precision() <= type.precision());
        return text;
    }

    private static String time(String column, long micros) {
        try {
            return LocalTime.ofNanoOfDay(Math.multiplyExact(micros, MICRO_NANOS))
                    .toString();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "Cannot write column: a value is no time of a day (column=" + column + ", type=time)", e);
        }
    }

    /** JSON is text: bytes that are none would come back as others. */
    private static String utf8(String column, BytesVector values, int row) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(values.data(), values.start(row), values.length(row)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw misfit(column, values, "a text is not UTF-8");
        }
    }

    private static IllegalArgumentException misfit(String column, ColumnVector values, String reason) {
        return new IllegalArgumentException(
                "Cannot write column: " + reason + " (column=" + column + ", type=" + values.type() + ")");
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new MalformedValueException("a value is not of its column's type");
        }
    }
}
