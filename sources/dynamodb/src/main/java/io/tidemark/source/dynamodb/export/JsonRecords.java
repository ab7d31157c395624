package io.tidemark.source.dynamodb.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * DynamoDB JSON: an object a line, attributes as objects of type and value, numbers as text. Source: DynamoDB Developer Guide,
 * S3DataExport.Output, "DynamoDB JSON". The guide gives the write timestamp as text, and exports have it as an attribute
 * ({@code {"N": "..."}}); both are read.
 */
final class JsonRecords implements RecordReader {
    /** Names are data: a table may have any number of them, of 64 KB, so they are not kept for ever, and many alike are no attack. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(BoundedStream.RECORD_BYTES_MAX)
                    .maxStringLength(BoundedStream.RECORD_BYTES_MAX)
                    .build())
            .build();

    private final JsonParser parser;

    JsonRecords(InputStream in) throws IOException {
        this.parser = FACTORY.createParser(in);
    }

    @Override
    public @Nullable ExportRecord next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            return null;
        }
        require(JsonToken.START_OBJECT);
        ExportRecord.Builder record = new ExportRecord.Builder();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            if (field.equals(METADATA)) {
                readMetadata(record);
            } else {
                record.map(field, attributes());
            }
        }
        return record.build();
    }

    /** Other metadata is left for later. */
    private void readMetadata(ExportRecord.Builder record) throws IOException {
        require(JsonToken.START_OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken token = parser.nextToken();
            if (!field.equals(WRITE_TIMESTAMP_MICROS)) {
                parser.skipChildren();
            } else if (token == JsonToken.START_OBJECT) {
                String number = value().n();
                record.micros(number == null ? "" : number);
            } else {
                record.micros(parser.getText());
            }
        }
    }

    private Map<String, AttributeValue> attributes() throws IOException {
        require(JsonToken.START_OBJECT);
        Map<String, AttributeValue> attributes = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (attributes.put(name, value()) != null) {
                throw new MalformedRecordException("an attribute is there twice");
            }
        }
        return Collections.unmodifiableMap(attributes);
    }

    private AttributeValue value() throws IOException {
        require(JsonToken.START_OBJECT);
        parser.nextToken();
        require(JsonToken.FIELD_NAME);
        String type = parser.currentName();
        parser.nextToken();
        AttributeValue value = switch (type) {
            case "S" -> AttributeValue.fromS(text());
            case "N" -> AttributeValue.fromN(text());
            case "B" -> AttributeValue.fromB(bytes());
            case "BOOL" -> AttributeValue.fromBool(bool());
            case "NULL" -> nul();
            case "M" -> AttributeValue.fromM(attributes());
            case "L" -> AttributeValue.fromL(list(this::value));
            case "SS" -> AttributeValue.fromSs(list(this::text));
            case "NS" -> AttributeValue.fromNs(list(this::text));
            case "BS" -> AttributeValue.fromBs(list(this::bytes));
            default -> throw new MalformedRecordException("an attribute has a type that is not known");
        };
        parser.nextToken();
        require(JsonToken.END_OBJECT);
        return value;
    }

    private String text() throws IOException {
        require(JsonToken.VALUE_STRING);
        return parser.getText();
    }

    private SdkBytes bytes() throws IOException {
        require(JsonToken.VALUE_STRING);
        return SdkBytes.fromByteArrayUnsafe(parser.getBinaryValue());
    }

    private boolean bool() throws IOException {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw misplaced();
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private AttributeValue nul() throws IOException {
        require(JsonToken.VALUE_TRUE);
        return AttributeValue.fromNul(true);
    }

    private <T> List<T> list(Element<T> element) throws IOException {
        require(JsonToken.START_ARRAY);
        List<T> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(element.read());
        }
        return elements;
    }

    private void require(JsonToken token) throws MalformedRecordException {
        if (parser.currentToken() != token) {
            throw misplaced();
        }
    }

    private MalformedRecordException misplaced() {
        return new MalformedRecordException(
                "a record is not written as DynamoDB JSON is (found=" + parser.currentToken() + ", column="
                        + parser.currentTokenLocation().getColumnNr() + ")");
    }

    /** Reads what the parser is at. */
    private interface Element<T> {
        T read() throws IOException;
    }
}
