package io.tidemark.lake.hudi.schema;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.LatestBy;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.SchemaChange;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A spec with the names and ids by which the files know its columns. Avro allows only letters, digits and {@code _} in names, so that some names
 * of a source are written otherwise; and a name that a dropped column had is not given to another one, because older files still hold its values.
 *
 * @param spec the spec
 * @param names names of the columns in the files, in the spec's order
 * @param fieldIds ids of the columns in the files (Parquet's field ids), in the spec's order
 * @param taken names that columns have or had, in lower case
 * @param nextId the next free id
 */
public record StoredSpec(LakeTableSpec spec, List<String> names, List<Integer> fieldIds, Set<String> taken, int nextId)
        implements Serializable {
    private static final int FIRST_ID = 1;

    /** Id of the column of soft deletes: one that no other column reaches. */
    private static final int DELETED_AT_ID = 1_000_000;

    public StoredSpec {
        names = List.copyOf(names);
        fieldIds = List.copyOf(fieldIds);
        taken = Set.copyOf(taken);
    }

    /**
     * For a new table.
     *
     * @throws TidemarkException {@code PARTITION_INVALID} for a partition that does not fit
     */
    public static StoredSpec of(LakeTableSpec spec) {
        PartitionField.parse(spec);
        LatestBy.of(spec);
        Set<String> taken = new HashSet<>();
        taken.add(LakeTableSpec.DELETED_AT);
        List<String> names = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        int id = FIRST_ID;
        for (Column column : spec.schema().columns()) {
            names.add(fresh(column.name(), taken));
            ids.add(id++);
        }
        return new StoredSpec(spec, names, ids, taken, id);
    }

    /**
     * The same table with a later version of its columns.
     *
     * @throws TidemarkException {@code LAKE_SCHEMA_MISMATCH} when the files cannot be read so: Hudi's readers find columns by name, and Avro does not
     *     widen a decimal
     */
    public StoredSpec evolved(LakeTableSpec next) {
        SchemaChange change = new SchemaChange(spec.schema(), next.schema());
        change.obstacle().ifPresent(reason -> {
            throw refused(reason);
        });
        LatestBy.of(next);
        for (PartitionField field : PartitionField.parse(spec)) {
            int index = next.schema().indexOf(field.column());
            int id = spec.schema().columns().get(field.index()).id();
            if (index < 0 || next.schema().columns().get(index).id() != id) {
                throw refused("it is partitioned by column " + field.column());
            }
        }
        Set<String> all = new HashSet<>(taken);
        List<String> nextNames = new ArrayList<>();
        List<Integer> nextIds = new ArrayList<>();
        int id = nextId;
        for (Column now : next.schema().columns()) {
            int index = spec.schema().indexOfId(now.id());
            if (index < 0) {
                if (now.initial() != null) {
                    throw refused("column " + now.name() + " came with a value, and Hudi tables have no defaults");
                }
                nextNames.add(fresh(now.name(), all));
                nextIds.add(id++);
            } else {
                Column was = spec.schema().columns().get(index);
                if (!was.name().equals(now.name())) {
                    throw refused("column " + was.name() + " is now named " + now.name());
                }
                if (!was.type().equals(now.type())) {
                    throw refused("column " + now.name() + " changed from " + was.type() + " to " + now.type());
                }
                nextNames.add(names.get(index));
                nextIds.add(fieldIds.get(index));
            }
        }
        return new StoredSpec(next, nextNames, nextIds, all, id);
    }

    /** Whether rows have the column of soft deletes after the others. */
    public boolean isSoft() {
        return spec.deletes() == DeleteMode.SOFT;
    }

    /** Names of the columns of a row, that of soft deletes last. */
    public List<String> rowNames() {
        List<String> all = new ArrayList<>(names);
        if (isSoft()) {
            all.add(LakeTableSpec.DELETED_AT);
        }
        return all;
    }

    /** Types of the columns of a row, that of soft deletes last. */
    public List<ColumnType> rowTypes() {
        List<ColumnType> all = new ArrayList<>(spec.schema().types());
        if (isSoft()) {
            all.add(ColumnType.TIMESTAMP_TZ);
        }
        return all;
    }

    /** Ids of the columns of a row, that of soft deletes last. */
    public List<Integer> rowFieldIds() {
        List<Integer> all = new ArrayList<>(fieldIds);
        if (isSoft()) {
            all.add(DELETED_AT_ID);
        }
        return all;
    }

    /** The name as Avro allows it, other than any in {@code taken}, where it is added. Hudi's own columns begin with {@code _hoodie_}. */
    private static String fresh(String name, Set<String> taken) {
        String plain = avroName(name);
        if (plain.toLowerCase(Locale.ROOT).startsWith("_hoodie_")) {
            plain = "x" + plain;
        }
        String candidate = plain;
        for (int i = 2; !taken.add(candidate.toLowerCase(Locale.ROOT)); i++) {
            candidate = plain + "_" + i;
        }
        return candidate;
    }

    /** The name with {@code _} for every character that Avro does not allow. */
    static String avroName(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_]", "_");
        return Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
    }

    private TidemarkException refused(String reason) {
        return new TidemarkException(
                ErrorCode.LAKE_SCHEMA_MISMATCH,
                "Cannot change the columns of the mirror of " + spec.schema().table() + " in place: " + reason);
    }
}
