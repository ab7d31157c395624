package io.tidemark.lake.hudi.schema;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.common.util.PartitionPathEncodeUtils;
import org.jspecify.annotations.Nullable;

/** Partition paths {@code a=1/b=x} as Hive has them, of values of columns or of what a transform makes of these. */
public final class PartitionPaths {
    private final List<PartitionField> fields;
    private final List<String> names;
    private final boolean isOfKey;

    public PartitionPaths(StoredSpec stored) {
        RowSchema schema = stored.spec().schema();
        this.fields = PartitionField.parse(stored.spec());
        this.names = names(stored, fields);
        this.isOfKey = fields.stream().allMatch(field -> schema.key().contains(field.column()));
    }

    /** Names of the parts of the path. */
    public List<String> names() {
        return names;
    }

    /** Places of the columns that the path is made of. */
    public int[] columns() {
        return fields.stream().mapToInt(PartitionField::index).toArray();
    }

    /** Whether a row's key tells its partition. */
    public boolean isOfKey() {
        return isOfKey;
    }

    /** The path of a row, empty without partitions. Its partition columns must have their values, or null. */
    public String path(IndexedRecord row) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            Object value = row.get(fields.get(i).index());
            path.append(i == 0 ? "" : "/").append(names.get(i)).append('=').append(text(fields.get(i), value));
        }
        return path.toString();
    }

    private static String text(PartitionField field, @Nullable Object value) {
        String text = value == null ? "" : field.text(value);
        return text.isEmpty()
                ? PartitionPathEncodeUtils.DEFAULT_PARTITION_PATH
                : PartitionPathEncodeUtils.escapePathName(text);
    }

    private static List<String> names(StoredSpec stored, List<PartitionField> fields) {
        Set<String> taken = new HashSet<>(stored.taken());
        List<String> names = new ArrayList<>();
        for (PartitionField field : fields) {
            String column = stored.names().get(field.index());
            String name = column;
            if (!field.isIdentity()) {
                name += "_" + field.transform();
                while (!taken.add(name.toLowerCase(Locale.ROOT))) {
                    name += "_";
                }
            }
            names.add(name);
        }
        return List.copyOf(names);
    }

    static TidemarkException invalid(LakeTableSpec spec, String partition, String reason) {
        return new TidemarkException(
                ErrorCode.PARTITION_INVALID,
                "Cannot partition the mirror of " + spec.schema().table() + ": " + reason + " (partition=" + partition
                        + ")");
    }
}
