package io.tidemark.source.postgres.type;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The type of a Postgres column and what Tidemark makes of it. What has an exact column type gets it; what has none becomes STRING in the text
 * of the type's output function (with {@code datestyle=ISO}, {@code timezone=UTC}, {@code intervalstyle=postgres}, {@code extra_float_digits=1},
 * {@code bytea_output=hex}), which for {@code character(n)} keeps its blanks, and for {@code boolean} and {@code inet} differs from a cast.
 * Arrays become lists and composite types structs of what their parts become. Types whose binary form is not known for certain are not supported.
 * Immutable.
 *
 * <p>Values that an exact type cannot hold (infinite dates, NaN in a decimal, timestamps after the year 294,246, the time 24:00, arrays of several
 * dimensions or that do not begin at 1) are errors of their row; {@link #asText} is the remedy.
 */
public final class PgType {
    private static final int DECIMAL_PRECISION_MAX = 38;
    private static final int MONEY_PRECISION = 19;

    private final int oid;
    private final int base;
    private final String name;
    private final ColumnType columnType;
    private final ColumnType declared;
    private final @Nullable BuiltinType builtin;
    private final boolean isMoney;
    private final @Nullable NestedType nested;
    private final @Nullable TextForm form;
    private final TypeCatalog catalog;

    private PgType(
            int oid,
            int base,
            String name,
            ColumnType columnType,
            ColumnType declared,
            @Nullable BuiltinType builtin,
            boolean isMoney,
            @Nullable NestedType nested,
            @Nullable TextForm form,
            TypeCatalog catalog) {
        this.oid = oid;
        this.base = base;
        this.name = name;
        this.columnType = columnType;
        this.declared = declared;
        this.builtin = builtin;
        this.isMoney = isMoney;
        this.nested = nested;
        this.form = form;
        this.catalog = catalog;
    }

    /**
     * The type with this oid and modifier.
     *
     * @param typmod {@code atttypmod}, -1 for none
     */
    public static PgType of(int oid, int typmod, TypeCatalog catalog) {
        String name = TypeNames.of(oid, typmod, catalog);
        int base = oid;
        int baseTypmod = typmod;
        UserType domain = catalog.find(base);
        while (domain != null && domain.kind() == UserType.Kind.DOMAIN) {
            base = domain.base();
            baseTypmod = domain.baseTypmod();
            domain = catalog.find(base);
        }
        BuiltinType builtin = BuiltinType.find(base);
        boolean isMoney = base == BuiltinType.MONEY && catalog.moneyScale() <= MONEY_PRECISION;
        TextForm form = new FormFinder(catalog).find(base);
        ColumnType type = ColumnType.STRING;
        if (isMoney) {
            type = ColumnType.decimal(MONEY_PRECISION, catalog.moneyScale());
        } else if (base == BuiltinType.NUMERIC) {
            type = numeric(baseTypmod);
        } else if (builtin != null) {
            type = builtin.type();
        }
        NestedType nested = NestedType.find(base, baseTypmod, catalog).orElse(null);
        if (nested != null) {
            type = nested.columnType();
        }
        return new PgType(oid, base, name, type, type, builtin, isMoney, nested, form, catalog);
    }

    /** The same, carried as STRING because the user wants it so; what has no text that is the same everywhere is then not supported. */
    public PgType asText() {
        TextForm text = isMoney ? moneyText(catalog.moneyScale()) : form;
        return new PgType(oid, base, name, ColumnType.STRING, declared, builtin, isMoney, nested, text, catalog);
    }

    /**
     * The same, carried as another column type.
     *
     * @return empty when that is not possible
     */
    public Optional<PgType> as(ColumnType wanted) {
        if (wanted.equals(columnType)) {
            return Optional.of(this);
        }
        if (wanted.equals(ColumnType.STRING)) {
            return form != null || isMoney || nested == null ? Optional.of(asText()) : Optional.empty();
        }
        boolean isDecimal =
                wanted.kind() == ColumnType.Kind.DECIMAL && builtin != null && builtin.oid() == BuiltinType.NUMERIC;
        boolean isWider = wanted.equals(ColumnType.INT64)
                && builtin != null
                && builtin.type().equals(ColumnType.INT32);
        return isDecimal || isWider
                ? Optional.of(new PgType(oid, base, name, wanted, declared, builtin, isMoney, nested, form, catalog))
                : Optional.empty();
    }

    /**
     * The same, carried as a column of it is registered.
     *
     * @return empty when the column is registered with another type
     */
    public Optional<PgType> asRegistered(Column column) {
        boolean isSame = column.sourceType().equals(sourceType())
                || (column.type().equals(ColumnType.STRING)
                        && column.sourceType().equals(name));
        return isSame ? as(column.type()) : Optional.empty();
    }

    /** The type's name without its modifier, then that of the type under a domain. */
    List<String> names() {
        String own = TypeNames.of(oid, -1, catalog);
        String under = TypeNames.of(base, -1, catalog);
        return under.equals(own) ? List.of(own) : List.of(own, under);
    }

    /** How the column is carried; STRING when the type is not supported. */
    public ColumnType columnType() {
        return columnType;
    }

    /**
     * The type as Postgres names it, with its modifier, for example {@code numeric(12,2)}. Behind the name of a composite type that is carried as
     * a struct come its fields: when they change it is another type.
     */
    public String sourceType() {
        String described =
                nested == null || !columnType.isNested() ? null : nested.describe(TypeNames.of(base, -1, catalog));
        if (described == null) {
            return name;
        }
        return oid == base ? described : name + " of " + described;
    }

    /** Whether values can be decoded. */
    public boolean isSupported() {
        return columnType.isNested() || form != null || isMoney;
    }

    /** Types of the parts when it is carried as a list (the element's) or as a struct (the fields', in order); else empty. */
    public List<PgType> parts() {
        return nested == null || !columnType.isNested()
                ? List.of()
                : nested.parts().stream().map(NestedType.Part::type).toList();
    }

    /** Why a column of this type cannot be captured, and what to do; only for types that are {@linkplain #isSupported not supported}. */
    public TidemarkException unsupported(String table, String column) {
        return new TidemarkException(
                ErrorCode.SOURCE_TYPE,
                "Cannot capture column: its type is not supported (table=" + table + ", column=" + column + ", type="
                        + name + ", oid=" + Integer.toUnsignedString(oid) + ")");
    }

    /** A decoder for one thread; for an unsupported type one that fails at every value. */
    public ValueDecoder newDecoder() {
        if (!isSupported()) {
            return (out, buffer, offset, length) -> {
                throw new TidemarkException(
                        ErrorCode.SOURCE_TYPE, "Cannot decode value: its type is not supported (type=" + name + ")");
            };
        }
        if (columnType.isNested()) {
            return java.util.Objects.requireNonNull(nested).newDecoder();
        }
        if (columnType.kind() == ColumnType.Kind.DECIMAL) {
            return isMoney ? Decoders::money : Decoders.decimal(columnType);
        }
        if (builtin != null
                && columnType.kind() == ColumnType.Kind.INT64
                && builtin.type().equals(ColumnType.INT32)) {
            return Decoders::widened;
        }
        boolean isText = columnType.kind() == ColumnType.Kind.STRING;
        if (builtin != null && builtin.decoder() != null && builtin.type().equals(columnType)) {
            return isText && catalog.checksText() ? new TextDecoder(builtin.text(), true) : builtin.decoder();
        }
        TextForm text = java.util.Objects.requireNonNull(form);
        return new TextDecoder(text, catalog.checksText());
    }

    /**
     * SQL that renders the column as exactly the text that a STRING column of this type gets, under the session settings named above.
     *
     * @param quotedColumn the column as a quoted identifier, qualified or not
     */
    public String asTextExpression(String quotedColumn) {
        if (isMoney) {
            return quotedColumn + "::numeric::text";
        }
        if (builtin == null) {
            // Not IS NULL, which is also true for a row of nulls. A user's own cast to text may print something else
            // than the output function.
            return "case when " + quotedColumn + " is distinct from null then format('%s', " + quotedColumn + ") end";
        }
        return builtin.outputFunction().isEmpty()
                ? quotedColumn + "::text"
                : "textin(" + builtin.outputFunction() + "(" + quotedColumn + "))";
    }

    /**
     * SQL for the column's value when its column type is not STRING: the column itself, but money as the number that it is, and a decimal
     * that the user chose with the digits of that. One that has more digits keeps them, so that it is no value of the column type.
     */
    public String valueExpression(String quotedColumn) {
        if (columnType.kind() == ColumnType.Kind.DECIMAL && !columnType.equals(declared)) {
            return partExpression(quotedColumn);
        }
        return isMoney ? quotedColumn + "::numeric" : quotedColumn;
    }

    /**
     * SQL for the number that a decimal is which is not a column of the table, so that nothing has given it the digits of its type: with these when
     * it has no more, else as it is.
     */
    public String partExpression(String value) {
        if (isMoney) {
            return value + "::numeric";
        }
        String rounded = "round(" + value + ", " + columnType.scale() + ")";
        return "case when " + value + " = " + rounded + " then " + rounded + " else " + value + " end";
    }

    /** SQL for how many bytes a text has in UTF-8. A database that does not know what its text is has it in UTF-8, or it is not carried. */
    public String utf8LengthExpression(String text) {
        return catalog.checksText() ? "octet_length(" + text + ")" : "octet_length(convert_to(" + text + ", 'UTF8'))";
    }

    private static ColumnType numeric(int typmod) {
        if (typmod < 0) {
            return ColumnType.STRING;
        }
        int precision = TypeNames.precision(typmod);
        int scale = TypeNames.scale(typmod);
        return precision > DECIMAL_PRECISION_MAX || scale < 0 || scale > precision
                ? ColumnType.STRING
                : ColumnType.decimal(precision, scale);
    }

    private static TextForm moneyText(int scale) {
        return (out, in) ->
                out.put(java.math.BigDecimal.valueOf(in.int64(), scale).toPlainString());
    }
}
