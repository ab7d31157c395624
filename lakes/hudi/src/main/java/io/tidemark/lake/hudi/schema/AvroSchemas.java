package io.tidemark.lake.hudi.schema;

import io.tidemark.spi.schema.ColumnType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Avro schemas of mirrors. Every column may be null, so that it can be added later. UUIDs are their text, because neither Hudi nor Avro's Parquet
 * has a type for them; everything else is held as it is.
 */
public final class AvroSchemas {
    private static final String ROOT = "tidemark_row";

    private AvroSchemas() {}

    /** The schema of the rows. */
    public static Schema of(StoredSpec stored) {
        List<String> names = stored.rowNames();
        List<ColumnType> types = stored.rowTypes();
        List<Integer> ids = stored.rowFieldIds();
        List<Schema.Field> fields = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            // Records inside are told by the column's id, which is no other column's.
            fields.add(field(names.get(i), types.get(i), ROOT + "_" + ids.get(i)));
        }
        return Schema.createRecord(ROOT, null, "io.tidemark", false, fields);
    }

    private static Schema.Field field(String name, ColumnType type, String path) {
        Schema nullable = Schema.createUnion(Schema.create(Schema.Type.NULL), type(type, path));
        return new Schema.Field(name, nullable, null, JsonProperties.NULL_VALUE);
    }

    private static Schema type(ColumnType type, String path) {
        return switch (type.kind()) {
            case BOOLEAN -> Schema.create(Schema.Type.BOOLEAN);
            case INT32 -> Schema.create(Schema.Type.INT);
            case INT64 -> Schema.create(Schema.Type.LONG);
            case FLOAT32 -> Schema.create(Schema.Type.FLOAT);
            case FLOAT64 -> Schema.create(Schema.Type.DOUBLE);
            case DECIMAL ->
                LogicalTypes.decimal(type.precision(), type.scale())
                        .addToSchema(Schema.createFixed(path + "_decimal", null, "io.tidemark", decimalBytes(type)));
            case STRING, UUID -> Schema.create(Schema.Type.STRING);
            case BYTES -> Schema.create(Schema.Type.BYTES);
            case DATE -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
            case TIME -> LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
            case TIMESTAMP -> LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
            case TIMESTAMP_TZ -> LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
            case LIST ->
                Schema.createArray(
                        Schema.createUnion(Schema.create(Schema.Type.NULL), type(type.element(), path + "_e")));
            case STRUCT -> struct(type, path);
            case MAP ->
                Schema.createMap(Schema.createUnion(
                        Schema.create(Schema.Type.NULL),
                        type(type.fields().get(1).type(), path + "_v")));
        };
    }

    private static Schema struct(ColumnType type, String path) {
        Set<String> taken = new HashSet<>();
        List<Schema.Field> fields = new ArrayList<>();
        for (int i = 0; i < type.fields().size(); i++) {
            String plain = StoredSpec.avroName(type.fields().get(i).name());
            String name = plain;
            for (int n = 2; !taken.add(name); n++) {
                name = plain + "_" + n;
            }
            fields.add(field(name, type.fields().get(i).type(), path + "_" + i));
        }
        return Schema.createRecord(path, null, "io.tidemark", false, fields);
    }

    /** The least bytes that hold every unscaled value of so many digits, as Parquet has them. */
    private static int decimalBytes(ColumnType type) {
        int bytes = 1;
        while (Math.floor(Math.log10(2) * (8 * bytes - 1)) < type.precision()) {
            bytes++;
        }
        return bytes;
    }
}
