package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.RowDecoder;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;

/** A table as the stream last described it: its schema and the decoders of its columns. */
final class StreamRelation {
    private final char identity;
    private final List<PgType> types;
    private RowSchema schema;
    private RowDecoder decoder;

    StreamRelation(char identity, RowSchema schema, List<PgType> types) {
        this.identity = identity;
        this.types = types;
        this.schema = schema;
        this.decoder = new RowDecoder(schema, types);
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

    List<PgType> types() {
        return types;
    }

    /** Takes back that old rows come with all columns, because one came without. */
    void lowerBeforeImage() {
        schema = new RowSchema(schema.table(), schema.columns(), schema.key(), BeforeImage.KEY);
        decoder = new RowDecoder(schema, types);
    }
}
