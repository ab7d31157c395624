package io.tidemark.source.postgres.type;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What decoding has to know of a database beyond the built-in types. An oid never changes its meaning, so a catalog read later also serves
 * changes made earlier; only a type that was dropped in between is unknown.
 *
 * @param types user types by oid
 * @param moneyScale digits after the point of {@code money}, which follow {@code lc_monetary}
 * @param checksText whether text must be checked to be UTF-8, because the database (encoding SQL_ASCII) does not
 */
public record TypeCatalog(Map<Integer, UserType> types, int moneyScale, boolean checksText) {
    /** Built-in types only, in a UTF-8 database with two digits of money. */
    public static final TypeCatalog EMPTY = new TypeCatalog(Map.of(), 2, false);

    /** Row types of tables count only where a column uses them: a database has two for each of its tables. */
    private static final String TYPES = """
            select t.oid::int8, n.nspname || '.' || t.typname, t.typtype::text, t.typelem::int8, t.typlen,
                   t.typbasetype::int8, t.typtypmod, t.typdelim::text, coalesce(e.extname, ''),
                   coalesce(r.rngsubtype, m.rngtypid, 0)::int8,
                   f.names, f.types, f.typmods
              from pg_catalog.pg_type t
              join pg_catalog.pg_namespace n on n.oid = t.typnamespace
              left join pg_catalog.pg_class c on c.oid = t.typrelid
              left join pg_catalog.pg_type et on et.oid = t.typelem
              left join pg_catalog.pg_class ec on ec.oid = et.typrelid
              left join pg_catalog.pg_range r on r.rngtypid = t.oid
              left join pg_catalog.pg_range m on m.rngmultitypid = t.oid
              left join pg_catalog.pg_depend d
                on d.classid = 'pg_catalog.pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'
              left join pg_catalog.pg_extension e on e.oid = d.refobjid
              left join lateral (
                select array_agg(a.attname::text order by a.attnum) as names,
                       array_agg(a.atttypid::int8 order by a.attnum) as types,
                       array_agg(a.atttypmod order by a.attnum) as typmods
                  from pg_catalog.pg_attribute a
                 where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped) f on true
             where n.nspname not in ('pg_catalog', 'pg_toast') and t.typtype <> 'p'
               and (coalesce(c.relkind, ec.relkind, 'c') = 'c'
                    or t.oid in (select atttypid from pg_catalog.pg_attribute where attrelid >= 16384)
                    or t.typarray in (select atttypid from pg_catalog.pg_attribute where attrelid >= 16384))
            """;

    private static final String TRAITS =
            "select scale(0::money::numeric), current_setting('server_encoding') = 'SQL_ASCII'";

    public TypeCatalog {
        types = Map.copyOf(types);
    }

    /** The user type, or null when the oid is built in or unknown. */
    @Nullable
    UserType find(int oid) {
        return types.get(oid);
    }

    /** Reads the catalog of the connection's database. */
    public static TypeCatalog load(Connection connection) throws SQLException {
        Map<Integer, UserType> types = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(TYPES)) {
                while (rows.next()) {
                    UserType type = userType(rows);
                    types.put(type.oid(), type);
                }
            }
            try (ResultSet traits = statement.executeQuery(TRAITS)) {
                traits.next();
                return new TypeCatalog(types, traits.getInt(1), traits.getBoolean(2));
            }
        }
    }

    private static UserType userType(ResultSet row) throws SQLException {
        long element = row.getLong(4);
        UserType.Kind kind = switch (row.getString(3)) {
            case "e" -> UserType.Kind.ENUM;
            case "d" -> UserType.Kind.DOMAIN;
            case "c" -> UserType.Kind.COMPOSITE;
            case "r" -> UserType.Kind.RANGE;
            case "m" -> UserType.Kind.MULTIRANGE;
            default -> element != 0 && row.getInt(5) == -1 ? UserType.Kind.ARRAY : UserType.Kind.BASE;
        };
        long base = switch (kind) {
            case DOMAIN -> row.getLong(6);
            case ARRAY -> element;
            case RANGE, MULTIRANGE -> row.getLong(10);
            case BASE, ENUM, COMPOSITE -> 0;
        };
        return new UserType(
                (int) row.getLong(1),
                row.getString(2),
                kind,
                row.getString(9),
                (int) base,
                kind == UserType.Kind.DOMAIN ? row.getInt(7) : -1,
                row.getString(8).charAt(0),
                fields(row.getArray(11), row.getArray(12), row.getArray(13)));
    }

    private static List<UserType.Field> fields(
            @Nullable Array nameArray, @Nullable Array typeArray, @Nullable Array typmodArray) throws SQLException {
        if (nameArray == null || typeArray == null || typmodArray == null) {
            return List.of();
        }
        String[] names = (String[]) nameArray.getArray();
        Long[] types = (Long[]) typeArray.getArray();
        Integer[] typmods = (Integer[]) typmodArray.getArray();
        List<UserType.Field> fields = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            fields.add(new UserType.Field(names[i], types[i].intValue(), typmods[i]));
        }
        return fields;
    }
}
