package io.tidemark.parquet;

import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/** Finds the parts of nested columns in a file: fields by id where both have ids, else by name. */
final class NestedColumns {
    private final MessageType schema;
    private final ParquetColumn column;

    private NestedColumns(MessageType schema, ParquetColumn column) {
        this.schema = schema;
        this.column = column;
    }

    /**
     * The way from the file's field to the column.
     *
     * @throws IOException when the file's form cannot hold the type
     */
    static NestedFill find(MessageType schema, ParquetColumn column, Type field) throws IOException {
        Iterator<Integer> ids = column.nestedIds().iterator();
        return new NestedColumns(schema, column).find(column.type(), ids, field, new String[0], 0, 0);
    }

    /** The type of a field of a file as Tidemark carries it. */
    static ColumnType typeOf(Type field) throws IOException {
        if (field.isPrimitive()) {
            return FileColumns.typeOf(field.asPrimitiveType());
        }
        if (field.getLogicalTypeAnnotation() instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
            return ColumnType.list(typeOf(element(field)));
        }
        if (isMap(field)) {
            GroupType entry = entry(field);
            if (!typeOf(entry.getType(0)).equals(ColumnType.STRING)) {
                throw unfit(field.getName(), field);
            }
            return ColumnType.map(typeOf(entry.getType(1)));
        }
        if (field.getLogicalTypeAnnotation() != null) {
            throw unfit(field.getName(), field);
        }
        List<ColumnType.Field> fields = new ArrayList<>();
        for (Type part : field.asGroupType().getFields()) {
            requireOnce(field.getName(), part);
            fields.add(new ColumnType.Field(part.getName(), typeOf(part)));
        }
        return ColumnType.struct(fields);
    }

    private NestedFill find(
            ColumnType type, Iterator<Integer> ids, Type field, String[] above, int definitionAbove, int lists)
            throws IOException {
        requireOnce(column.name(), field);
        String[] path = with(above, field.getName());
        int definition = definitionAbove + (field.isRepetition(Repetition.OPTIONAL) ? 1 : 0);
        if (!type.isNested()) {
            if (!field.isPrimitive()) {
                throw unfit(column.name(), field);
            }
            ColumnDescriptor descriptor = schema.getColumnDescription(path);
            ParquetColumn leaf = ParquetColumn.optional(column.name(), type);
            return new NestedFill.Leaf(descriptor, ColumnFill.of(leaf, field.asPrimitiveType()));
        }
        if (field.isPrimitive()) {
            throw unfit(column.name(), field);
        }
        if (type.kind() == ColumnType.Kind.LIST) {
            Type element = element(field);
            String[] inner = with(path, field.asGroupType().getType(0).getName());
            skipId(ids);
            NestedFill fill = find(type.element(), ids, element, inner, definition + 1, lists + 1);
            if (fill.descriptors().isEmpty()) {
                throw unfit(column.name(), field);
            }
            return new NestedFill.Elements(fill, definition, lists + 1);
        }
        if (type.kind() == ColumnType.Kind.MAP) {
            GroupType entry = entry(field);
            String[] inner = with(path, field.asGroupType().getType(0).getName());
            List<NestedFill> parts = new ArrayList<>();
            for (int i = 0; i < type.fields().size(); i++) {
                skipId(ids);
                parts.add(find(type.fields().get(i).type(), ids, entry.getType(i), inner, definition + 1, lists + 1));
            }
            if (parts.get(1).descriptors().isEmpty()) {
                throw unfit(column.name(), field);
            }
            return new NestedFill.Elements(new NestedFill.Fields(parts, definition + 1), definition, lists + 1);
        }
        return struct(type, ids, field, path, definition, lists);
    }

    private NestedFill struct(
            ColumnType type, Iterator<Integer> ids, Type field, String[] path, int definition, int lists)
            throws IOException {
        if (field.getLogicalTypeAnnotation() != null) {
            throw unfit(column.name(), field);
        }
        GroupType group = field.asGroupType();
        boolean byId = ids.hasNext() && group.getFields().stream().anyMatch(part -> part.getId() != null);
        List<NestedFill> fields = new ArrayList<>();
        for (ColumnType.Field wanted : type.fields()) {
            int id = ids.hasNext() ? ids.next() : ParquetColumn.NO_FIELD_ID;
            Type found = null;
            for (Type part : group.getFields()) {
                boolean matches = byId
                        ? part.getId() != null && part.getId().intValue() == id
                        : part.getName().equals(wanted.name());
                found = matches ? part : found;
            }
            if (found == null) {
                skipIds(wanted.type(), ids);
                fields.add(new NestedFill.Missing());
            } else {
                fields.add(find(wanted.type(), ids, found, path, definition, lists));
            }
        }
        if (fields.stream().allMatch(part -> part.descriptors().isEmpty())) {
            throw unfit(column.name(), field);
        }
        return new NestedFill.Fields(fields, definition);
    }

    /** The element of a list in the form that all writers have used for years: a repeated group with one field. */
    private static Type element(Type field) throws IOException {
        GroupType list = field.asGroupType();
        boolean isList = list.getLogicalTypeAnnotation() instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation
                && list.getFieldCount() == 1
                && list.getType(0).isRepetition(Repetition.REPEATED)
                && !list.getType(0).isPrimitive()
                && list.getType(0).asGroupType().getFieldCount() == 1;
        if (!isList) {
            throw unfit(field.getName(), field);
        }
        return list.getType(0).asGroupType().getType(0);
    }

    /** Whether the field is a map, in today's or the older annotation. */
    private static boolean isMap(Type field) {
        LogicalTypeAnnotation annotation = field.getLogicalTypeAnnotation();
        return annotation instanceof LogicalTypeAnnotation.MapLogicalTypeAnnotation
                || annotation instanceof LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
    }

    /** Key and value of a map: a repeated group of both, whatever its name. */
    private static GroupType entry(Type field) throws IOException {
        GroupType map = field.asGroupType();
        boolean isMap = isMap(field)
                && map.getFieldCount() == 1
                && map.getType(0).isRepetition(Repetition.REPEATED)
                && !map.getType(0).isPrimitive()
                && map.getType(0).asGroupType().getFieldCount() == 2
                && map.getType(0).asGroupType().getType(0).isRepetition(Repetition.REQUIRED);
        if (!isMap) {
            throw unfit(field.getName(), field);
        }
        return map.getType(0).asGroupType();
    }

    private static void requireOnce(String column, Type field) throws IOException {
        if (field.isRepetition(Repetition.REPEATED)) {
            throw unfit(column, field);
        }
    }

    private static void skipId(Iterator<Integer> ids) {
        if (ids.hasNext()) {
            ids.next();
        }
    }

    private static void skipIds(ColumnType type, Iterator<Integer> ids) {
        for (ColumnType.Field field : type.fields()) {
            skipId(ids);
            skipIds(field.type(), ids);
        }
    }

    private static String[] with(String[] path, String name) {
        String[] longer = Arrays.copyOf(path, path.length + 1);
        longer[path.length] = name;
        return longer;
    }

    private static IOException unfit(String column, Type field) {
        return new IOException(
                "Cannot read column: the file's type does not fit (column=" + column + ", file=" + field + ")");
    }
}
