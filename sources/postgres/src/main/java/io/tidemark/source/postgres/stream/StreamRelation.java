package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.RowDecoder;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A table as the stream last described it: its schema, the decoders of its columns, and what is taken of its rows. */
final class StreamRelation {
    private final char identity;
    private final List<PgType> types;
    private final List<Column> described;
    private final @Nullable RelationPart part;
    private RowSchema schema;
    private RowDecoder decoder;

    /**
     * @param types types of the schema's columns
     * @param described all columns that the message describes, with their numbers as ids
     * @param part what is taken of the rows; null when they are taken whole
     */
    StreamRelation(
            char identity, RowSchema schema, List<PgType> types, List<Column> described, @Nullable RelationPart part) {
        this.identity = identity;
        this.types = types;
        this.described = described;
        this.part = part;
        this.schema = schema;
        this.decoder = new RowDecoder(schema, types);
    }

    /** The same under another object of an equal schema. */
    StreamRelation with(RowSchema equal) {
        return new StreamRelation(identity, equal, types, described, part);
    }

    /** Replica identity as the message tells it. */
    char identity() {
        return identity;
    }

    RowSchema schema() {
        return schema;
    }

    RowDecoder decoder() {
        return decoder;
    }

    /** All columns of the table, also those that are left out. */
    List<Column> described() {
        return described;
    }

    /** Whether rows are taken whole. */
    boolean isWhole() {
        return part == null;
    }

    /** What is taken of rows that are not taken whole. */
    RelationPart loadPart() {
        return Objects.requireNonNull(part);
    }

    /** Takes back that old rows come with all columns, because one came without. */
    void lowerBeforeImage() {
        schema = schema.with(BeforeImage.KEY);
        decoder = new RowDecoder(schema, types);
    }
}
