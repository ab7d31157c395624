package io.tidemark.source.dynamodb.export;

import com.amazon.ion.IonReader;
import com.amazon.ion.IonType;
import com.amazon.ion.system.IonReaderBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Ion text: a version marker and a struct a line; string, bool, decimal, blob, list and struct for S, BOOL, N, B, L and M, and lists with an
 * annotation for sets. Source: DynamoDB Developer Guide, S3DataExport.Output, "Amazon Ion". The guide's table has no row for NULL: Ion's own
 * null is read as that. Changes of an incremental export are read in a struct {@code Record} or without one; no copy of the guide that shows
 * them was at hand.
 */
final class IonRecords implements RecordReader {
    private static final String RECORD = "Record";
    private static final String STRING_SET = "$dynamodb_SS";
    private static final String NUMBER_SET = "$dynamodb_NS";
    private static final String BINARY_SET = "$dynamodb_BS";

    /** Numbers of DynamoDB lie between 1E-130 and 1E+126 and have 38 digits; one of a damaged file may need all memory to be written. */
    private static final int EXPONENT_MAX = 170;

    private final IonReader reader;

    IonRecords(InputStream in) {
        this.reader = IonReaderBuilder.standard().build(in);
    }

    @Override
    public @Nullable ExportRecord next() throws IOException {
        IonType type = reader.next();
        if (type == null) {
            return null;
        }
        ExportRecord.Builder record = new ExportRecord.Builder();
        readFields(type, record, true);
        return record.build();
    }

    private void readFields(IonType type, ExportRecord.Builder record, boolean mayBeWrapped) throws IOException {
        stepInto(type, IonType.STRUCT);
        for (IonType next = reader.next(); next != null; next = reader.next()) {
            String field = reader.getFieldName();
            if (field.equals(METADATA)) {
                readMetadata(next, record);
            } else if (mayBeWrapped && field.equals(RECORD)) {
                readFields(next, record, false);
            } else {
                record.map(field, attributes(next));
            }
        }
        reader.stepOut();
    }

    /** Other metadata is left for later. */
    private void readMetadata(IonType type, ExportRecord.Builder record) throws IOException {
        stepInto(type, IonType.STRUCT);
        for (IonType next = reader.next(); next != null; next = reader.next()) {
            if (reader.getFieldName().equals(WRITE_TIMESTAMP_MICROS)) {
                record.micros(micros(next));
            }
        }
        reader.stepOut();
    }

    private String micros(IonType type) throws IOException {
        if (type == IonType.STRUCT) {
            AttributeValue number = attributes(type).get("N");
            return number == null || number.n() == null ? "" : number.n();
        }
        return type == IonType.STRING ? text(type) : number(type);
    }

    private Map<String, AttributeValue> attributes(IonType type) throws IOException {
        stepInto(type, IonType.STRUCT);
        Map<String, AttributeValue> attributes = new LinkedHashMap<>();
        for (IonType next = reader.next(); next != null; next = reader.next()) {
            String name = reader.getFieldName();
            if (attributes.put(name, value(next)) != null) {
                throw new MalformedRecordException("an attribute is there twice");
            }
        }
        reader.stepOut();
        return Collections.unmodifiableMap(attributes);
    }

    private AttributeValue value(IonType type) throws IOException {
        String[] annotations = reader.getTypeAnnotations();
        if (annotations.length > 0) {
            return set(annotations, type);
        }
        return switch (type) {
            case STRING -> AttributeValue.fromS(text(type));
            case DECIMAL, INT -> AttributeValue.fromN(number(type));
            case BLOB -> AttributeValue.fromB(bytes(type));
            case BOOL -> AttributeValue.fromBool(bool());
            case NULL -> AttributeValue.fromNul(true);
            case STRUCT -> AttributeValue.fromM(attributes(type));
            case LIST -> AttributeValue.fromL(list(type, this::value));
            default -> throw misplaced(type);
        };
    }

    private AttributeValue set(String[] annotations, IonType type) throws IOException {
        return switch (annotations.length > 1 ? "" : annotations[0]) {
            case STRING_SET -> AttributeValue.fromSs(list(type, this::text));
            case NUMBER_SET -> AttributeValue.fromNs(list(type, this::number));
            case BINARY_SET -> AttributeValue.fromBs(list(type, this::bytes));
            default -> throw new MalformedRecordException("an attribute has a type that is not known");
        };
    }

    private String text(IonType type) throws MalformedRecordException {
        require(type == IonType.STRING, type);
        return reader.stringValue();
    }

    /** As DynamoDB writes numbers in JSON: the guide has 2000 in one format and 2d3 in the other. */
    private String number(IonType type) throws MalformedRecordException {
        require(type == IonType.DECIMAL || type == IonType.INT, type);
        BigDecimal number = type == IonType.INT ? new BigDecimal(reader.bigIntegerValue()) : reader.bigDecimalValue();
        if (Math.abs((long) number.scale()) > EXPONENT_MAX || number.precision() > EXPONENT_MAX) {
            throw new MalformedRecordException("a number is out of the range of DynamoDB");
        }
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private SdkBytes bytes(IonType type) throws MalformedRecordException {
        require(type == IonType.BLOB, type);
        return SdkBytes.fromByteArrayUnsafe(reader.newBytes());
    }

    private boolean bool() throws MalformedRecordException {
        require(true, IonType.BOOL);
        return reader.booleanValue();
    }

    private <T> List<T> list(IonType type, Element<T> element) throws IOException {
        stepInto(type, IonType.LIST);
        List<T> elements = new ArrayList<>();
        for (IonType next = reader.next(); next != null; next = reader.next()) {
            elements.add(element.read(next));
        }
        reader.stepOut();
        return elements;
    }

    private void stepInto(IonType type, IonType expected) throws MalformedRecordException {
        require(type == expected, type);
        reader.stepIn();
    }

    /** A value of a type can be null in Ion, which nothing of DynamoDB is. */
    private void require(boolean isExpected, IonType type) throws MalformedRecordException {
        if (!isExpected || reader.isNullValue()) {
            throw misplaced(type);
        }
    }

    private static MalformedRecordException misplaced(IonType type) {
        return new MalformedRecordException("a record is not written as items are in Ion (found=" + type + ")");
    }

    /** Reads what the reader is at. */
    private interface Element<T> {
        T read(IonType type) throws IOException;
    }
}
