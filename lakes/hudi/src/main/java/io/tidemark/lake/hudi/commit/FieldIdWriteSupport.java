package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.schema.StoredSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.hudi.avro.HoodieAvroWriteSupport;
import org.apache.hudi.common.bloom.BloomFilter;
import org.apache.hudi.common.util.Option;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Writes columns with the ids by which a pinned version names them; Hudi's own writes none. The ids come with the settings of the write client,
 * because compaction takes the columns from elsewhere.
 */
public final class FieldIdWriteSupport<T> extends HoodieAvroWriteSupport<T> {
    private static final String IDS = "tidemark.field-ids";
    private static final int FIRST_OTHER_ID = 2_000_000;

    /** Called by Hudi. */
    public FieldIdWriteSupport(
            MessageType schema, Schema avroSchema, Option<BloomFilter> bloomFilter, Properties properties) {
        super(numbered(schema, properties.getProperty(IDS, "")), avroSchema, bloomFilter, properties);
    }

    /** Sets the ids of a table's columns. */
    static void configure(Properties properties, StoredSpec stored) {
        List<String> names = stored.rowNames();
        List<Integer> ids = stored.rowFieldIds();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            text.append(i == 0 ? "" : ",").append(names.get(i)).append(':').append(ids.get(i));
        }
        properties.setProperty(IDS, text.toString());
        properties.setProperty("hoodie.avro.write.support.class", FieldIdWriteSupport.class.getName());
    }

    private static MessageType numbered(MessageType schema, String text) {
        Map<String, Integer> ids = new HashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int colon = pair.indexOf(':');
            ids.put(pair.substring(0, colon), Integer.parseInt(pair.substring(colon + 1)));
        }
        List<Type> fields = new ArrayList<>();
        for (Type field : schema.getFields()) {
            Integer id = ids.get(field.getName());
            // DuckDB finds no column by its id in a file where any column has none; Hudi's own columns come from here.
            fields.add(field.withId(id == null ? FIRST_OTHER_ID + fields.size() : id));
        }
        return new MessageType(schema.getName(), fields);
    }
}
