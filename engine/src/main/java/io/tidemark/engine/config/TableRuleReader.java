package io.tidemark.engine.config;

import io.tidemark.engine.config.TableRule.ColumnChoice;
import io.tidemark.engine.config.TableRule.SchemaChanges;
import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.source.RowFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the list {@code tables}. */
final class TableRuleReader {
    private final Problems problems;
    private final SectionReader sections;
    private final Optional<String> sparkRefusal;

    /** @param sparkRefusal why no table can be applied by jobs on Spark; empty when some can */
    TableRuleReader(Problems problems, SectionReader sections, Optional<String> sparkRefusal) {
        this.problems = problems;
        this.sections = sections;
        this.sparkRefusal = sparkRefusal;
    }

    /** The rule that counts when none is written: everything is mirrored. */
    static List<TableRule> everything() {
        return List.of(TableRule.plain(true, TablePattern.of("*.*")));
    }

    List<TableRule> read(int line, Node node) {
        if (!(node instanceof SequenceNode list)) {
            problems.add(line, "tables must be a list of rules, each starting with '- include:' or '- exclude:'");
            return List.of();
        }
        List<TableRule> rules = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        boolean allRead = true;
        for (Node item : list.getValue()) {
            int itemLine = YamlMap.lineOf(item, line);
            String name = "tables[" + (rules.size() + 1) + "]";
            Optional<TableRule> rule = rule(YamlMap.of(name, itemLine, item, problems));
            allRead &= rule.isPresent();
            rule.ifPresent(read -> {
                refuseUnreachable(read, itemLine, rules, lines);
                rules.add(read);
                lines.add(itemLine);
            });
        }
        if (allRead && rules.stream().noneMatch(TableRule::include)) {
            problems.add(line, "tables includes nothing: add '- include: \"*.*\"' as the last rule");
        }
        return rules;
    }

    private Optional<TableRule> rule(YamlMap map) {
        if (map.isAbsent()) {
            return Optional.empty();
        }
        sections.refuseUnknown(map, SectionReader.keys(PipelineSettings.tableRule()));
        boolean include = map.has("include");
        if (include == map.has("exclude")) {
            problems.add(map.line(), map.name() + " must have one of include and exclude");
            return Optional.empty();
        }
        if (!include) {
            for (String key : List.of(
                    "partition",
                    "delete",
                    "engine",
                    "snapshot",
                    "columns",
                    "where",
                    "omit",
                    "add",
                    "latest-by",
                    "on-bad-value")) {
                if (map.has(key)) {
                    problems.add(map.lineOf(key), map.pathTo(key) + " has no meaning beside exclude");
                }
            }
        }
        Optional<TablePattern> pattern =
                sections.value(map, include ? PipelineSettings.INCLUDE : PipelineSettings.EXCLUDE);
        Optional<DeleteMode> deletes = sections.value(map, PipelineSettings.DELETE);
        Optional<ApplyEngine> engine = sections.value(map, PipelineSettings.ENGINE);
        if (engine.equals(Optional.of(ApplyEngine.SPARK))) {
            sparkRefusal.ifPresent(
                    reason -> problems.add(map.lineOf("engine"), map.pathTo("engine") + " is spark, and " + reason));
        }
        Optional<SnapshotPath> snapshot = sections.value(map, PipelineSettings.SNAPSHOT);
        if (snapshot.equals(Optional.of(SnapshotPath.STAGED)) && !engine.equals(Optional.of(ApplyEngine.SPARK))) {
            problems.add(map.lineOf("snapshot"), map.pathTo("snapshot") + " is staged, which needs engine: spark");
        }
        Optional<SchemaChanges> changes = sections.value(map, PipelineSettings.SCHEMA_CHANGES);
        List<String> partitions = partitions(map);
        Map<String, ColumnChoice> columns = columns(map);
        Optional<RowFilter> where = sections.value(map, PipelineSettings.WHERE);
        List<NamePattern> omit = omit(map);
        List<AddedColumn> add = new AddedColumnReader(problems, sections).read(map);
        Optional<String> latestBy = sections.value(map, PipelineSettings.LATEST_BY);
        Optional<BadValues> badValues = sections.value(map, PipelineSettings.RULE_BAD_VALUES);
        if (include
                && map.has("columns")
                && pattern.filter(found -> found.exact().isEmpty()).isPresent()) {
            problems.add(
                    map.lineOf("columns"),
                    map.pathTo("columns") + " needs a rule for one table: the include must be without * and ?");
        }
        return pattern.map(found -> new TableRule(
                include,
                found,
                partitions,
                deletes.orElse(DeleteMode.HARD),
                engine.orElse(ApplyEngine.LOCAL),
                snapshot.orElse(SnapshotPath.DIRECT),
                changes.orElse(SchemaChanges.FOLLOW),
                columns,
                where.orElse(RowFilter.ALL),
                omit,
                add,
                latestBy.orElse(null),
                badValues.orElse(null)));
    }

    private List<NamePattern> omit(YamlMap map) {
        List<NamePattern> omit = new ArrayList<>();
        map.find("omit").ifPresent(entry -> {
            String path = map.pathTo("omit");
            if (!(entry.node() instanceof SequenceNode list)) {
                problems.add(entry.line(), path + " must be a list of columns, for example [card_number, \"tmp_*\"]");
                return;
            }
            for (Node item : list.getValue()) {
                int line = YamlMap.lineOf(item, entry.line());
                YamlMap.text(path, line, item, "a column; * stands for any characters", problems)
                        .flatMap(text -> sections.parsed(path, line, PipelineSettings.OMIT, text))
                        .ifPresent(omit::add);
            }
        });
        return omit;
    }

    /** The first rule that matches decides, so one behind a wider one would silently do nothing. */
    private void refuseUnreachable(TableRule rule, int line, List<TableRule> earlier, List<Integer> lines) {
        for (int i = 0; i < earlier.size(); i++) {
            if (earlier.get(i).pattern().covers(rule.pattern())) {
                problems.add(
                        line,
                        "the rule for " + rule.pattern() + " never applies: the first match decides, and "
                                + earlier.get(i).pattern() + " on line " + lines.get(i)
                                + " matches all of its tables; move the narrower rule up");
                return;
            }
        }
    }

    private List<String> partitions(YamlMap map) {
        List<String> partitions = new ArrayList<>();
        map.find("partition").ifPresent(entry -> {
            String path = map.pathTo("partition");
            if (!(entry.node() instanceof SequenceNode list)) {
                problems.add(entry.line(), path + " must be a list, for example [day(create_at)]");
                return;
            }
            for (Node item : list.getValue()) {
                int line = YamlMap.lineOf(item, entry.line());
                YamlMap.text(path, line, item, "a partition field; in brackets, quote one that holds a comma", problems)
                        .flatMap(text -> sections.parsed(path, line, PipelineSettings.PARTITION, text))
                        .ifPresent(partitions::add);
            }
        });
        return partitions;
    }

    private Map<String, ColumnChoice> columns(YamlMap map) {
        Map<String, ColumnChoice> columns = new LinkedHashMap<>();
        map.find("columns").ifPresent(entry -> {
            YamlMap pairs = YamlMap.of(map.pathTo("columns"), entry.line(), entry.node(), problems);
            for (String column : pairs.keys()) {
                pairs.text(column, PipelineSettings.COLUMN_TYPES, problems)
                        .flatMap(text -> sections.parsed(
                                pairs.pathTo(column), pairs.lineOf(column), PipelineSettings.COLUMNS, text))
                        .ifPresent(type -> columns.put(column, new ColumnChoice(type, pairs.lineOf(column))));
            }
        });
        return columns;
    }
}
