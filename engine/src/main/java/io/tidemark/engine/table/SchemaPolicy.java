package io.tidemark.engine.table;

import io.tidemark.engine.config.TableRule;
import io.tidemark.engine.config.TableRule.SchemaChanges;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Optional;

/** Whether the mirror of a table follows changes of its schema, by the first rule that matches; a table without a rule does. */
public final class SchemaPolicy {
    private SchemaPolicy() {}

    public static boolean follows(List<TableRule> rules, TableId table) {
        Optional<TableRule> rule =
                rules.stream().filter(found -> found.matches(table)).findFirst();
        return rule.map(TableRule::schemaChanges).orElse(SchemaChanges.FOLLOW) == SchemaChanges.FOLLOW;
    }
}
