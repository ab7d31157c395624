package io.tidemark.engine.config;

import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.DerivedTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** Reads the columns that a rule adds to its mirrors: each a text, or a mapping that says how a time is told. */
final class AddedColumnReader {
    private final Problems problems;
    private final SectionReader sections;

    AddedColumnReader(Problems problems, SectionReader sections) {
        this.problems = problems;
        this.sections = sections;
    }

    /** The columns under {@code add} of a rule; what is wrong with others is a problem. */
    List<AddedColumn> read(YamlMap rule) {
        List<AddedColumn> add = new ArrayList<>();
        rule.find("add").ifPresent(entry -> {
            YamlMap pairs = YamlMap.of(rule.pathTo("add"), entry.line(), entry.node(), problems);
            for (String column : pairs.keys()) {
                YamlMap.YamlEntry content = pairs.find(column).orElseThrow();
                Optional<AddedColumn> read = content.node() instanceof MappingNode
                        ? time(column, YamlMap.of(pairs.pathTo(column), content.line(), content.node(), problems))
                        : text(column, pairs);
                read.ifPresent(add::add);
            }
        });
        return add;
    }

    private Optional<AddedColumn> text(String column, YamlMap pairs) {
        return pairs.text(column, AddedColumnText.KINDS, problems).flatMap(text -> {
            try {
                return Optional.of(AddedColumnText.parse(column, text));
            } catch (IllegalArgumentException e) {
                problems.add(pairs.lineOf(column), pairs.pathTo(column) + " " + e.getMessage());
                return Optional.empty();
            }
        });
    }

    private Optional<AddedColumn> time(String column, YamlMap map) {
        sections.refuseUnknown(map, List.of("from", "format", "zone", "as"));
        if (!map.has("from")) {
            problems.add(map.line(), map.pathTo("from") + " is missing (column): the column that holds the time");
            return Optional.empty();
        }
        Optional<String> from = map.text("from", "column", problems);
        Optional<String> format = map.text("format", "format of the column's times", problems);
        Optional<String> zone = map.text("zone", "time zone", problems);
        Optional<String> as = map.text("as", "pattern", problems);
        try {
            DerivedTime time = DerivedTime.of(format.orElse(null), zone.orElse(null), as.orElse(null));
            return from.map(source -> AddedColumn.ofTime(column, source, time));
        } catch (IllegalArgumentException e) {
            problems.add(map.line(), map.name() + ": " + e.getMessage());
            return Optional.empty();
        }
    }
}
