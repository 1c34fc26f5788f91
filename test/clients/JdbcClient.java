// JDBC, as under Metabase, Tableau and DBeaver: every statement is prepared by the server at once, and values are binary where they can be.
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.io.PrintStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.postgresql.PGStatement;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

class JdbcClient {
  static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  // The kind of a type, and the class that its values are of.
  record Kind(String name, Class<?> valueClass) {}
  static final Map<String, Kind> KINDS = Map.ofEntries(
      Map.entry("text", new Kind("text", String.class)), Map.entry("bool", new Kind("boolean", Boolean.class)),
      Map.entry("int2", new Kind("number", Integer.class)), Map.entry("int4", new Kind("number", Integer.class)),
      Map.entry("int8", new Kind("number", Long.class)), Map.entry("float8", new Kind("number", Double.class)),
      Map.entry("numeric", new Kind("number", BigDecimal.class)), Map.entry("date", new Kind("date", Date.class)),
      Map.entry("timestamptz", new Kind("instant", Timestamp.class)), Map.entry("interval", new Kind("span", PGInterval.class)),
      Map.entry("jsonb", new Kind("document", PGobject.class)), Map.entry("_text", new Kind("list", Array.class)),
      Map.entry("_float8", new Kind("list", Array.class)));
  static final Map<String, String> TYPES = Map.of("int2", "smallint", "int4", "integer", "int8", "bigint", "float8", "double precision",
      "bool", "boolean", "timestamptz", "timestamp with time zone");

  static String number(Object value) {
    if (value instanceof Double real && !Double.isFinite(real)) return real.toString();
    return new BigDecimal(value.toString()).stripTrailingZeros().toPlainString();
  }

  static String span(PGInterval value) {
    String days = value.getDays() + " days";
    if (value.getHours() == 0 && value.getMinutes() == 0 && value.getSeconds() == 0) return days;
    return String.format("%s %02d:%02d:%02.0f", days, value.getHours(), value.getMinutes(), value.getSeconds()).replaceAll(":(\\d)$", ":0$1");
  }

  static String written(Kind kind, Object value) throws SQLException {
    if (value == null) return "NULL";
    if (!kind.valueClass().isInstance(value)) throw new IllegalStateException("a " + kind.name() + " has come as " + value.getClass() + ": " + value);
    switch (kind.name()) {
      case "number": return number(value);
      case "instant":
        Timestamp timestamp = (Timestamp) value;
        return timestamp.getTime() == PGStatement.DATE_POSITIVE_INFINITY ? "infinity" : INSTANT.format(timestamp.toInstant());
      case "span": return span((PGInterval) value);
      case "list":
        StringJoiner list = new StringJoiner(",", "{", "}");
        for (Object element : (Object[]) ((Array) value).getArray()) list.add(element.toString());
        return list.toString();
      default: return value.toString();
    }
  }

  static List<String> show(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    List<String> lines = new ArrayList<>();
    StringJoiner head = new StringJoiner(" | ");
    for (int i = 1; i <= columns.getColumnCount(); i++) head.add(columns.getColumnLabel(i) + " " + KINDS.get(columns.getColumnTypeName(i)).name());
    lines.add(head.toString());
    while (result.next()) {
      StringJoiner row = new StringJoiner(" | ");
      for (int i = 1; i <= columns.getColumnCount(); i++) row.add(written(KINDS.get(columns.getColumnTypeName(i)), result.getObject(i)));
      lines.add(row.toString());
    }
    return lines;
  }

  static Object argument(Connection connection, String kind, String text) throws SQLException {
    switch (kind) {
      case "bigint": return Long.valueOf(text);
      case "double": return Double.valueOf(text);
      case "numeric": return new BigDecimal(text);
      case "date": return LocalDate.parse(text);
      case "instant": return Instant.parse(text).atOffset(ZoneOffset.UTC);
      case "boolean": return Boolean.valueOf(text);
      case "list": return connection.createArrayOf("float8", Arrays.stream(text.split(",")).map(Double::valueOf).toArray());
      default: return text;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> env = System.getenv();
    String url = "jdbc:postgresql://" + env.get("PGHOST") + ":" + env.get("PGPORT") + "/" + env.get("PGDATABASE") + "?prepareThreshold=-1";
    try (Connection connection = DriverManager.getConnection(url, env.get("PGUSER"), env.get("PGPASSWORD"))) {
      String[] blocks = Files.readString(Path.of(arguments[0])).split("\n\n");
      for (String block : Arrays.copyOfRange(blocks, 1, blocks.length)) {
        String[] titleAndRest = block.strip().split("\n", 2);
        String statement = titleAndRest[1];
        String[] parameters = {};
        if (statement.startsWith("-- ")) {
          parameters = statement.substring(3, statement.indexOf('\n')).split("; ");
          statement = statement.substring(statement.indexOf('\n') + 1);
        }
        try (PreparedStatement query = connection.prepareStatement(statement)) {
          for (int i = 0; i < parameters.length; i++) {
            String[] kindAndText = parameters[i].split(" ", 2);
            query.setObject(i + 1, argument(connection, kindAndText[0], kindAndText[1]));
          }
          out.println("# " + titleAndRest[0].substring(3));
          show(query.executeQuery()).forEach(out::println);
        }
      }

      DatabaseMetaData metadata = connection.getMetaData();
      ResultSet views = metadata.getTables(null, "leadscore", "%", new String[] {"VIEW"});
      while (views.next()) {
        String view = views.getString("TABLE_NAME");
        out.println("view " + view + ": " + views.getString("REMARKS"));
        ResultSet columns = metadata.getColumns(null, "leadscore", view, "%");
        while (columns.next()) {
          String type = columns.getString("TYPE_NAME");
          out.println("column " + view + "." + columns.getString("COLUMN_NAME") + " " + TYPES.getOrDefault(type, type) + ": " + columns.getString("REMARKS"));
        }
        try (PreparedStatement query = connection.prepareStatement("SELECT * FROM (SELECT * FROM leadscore." + view + ") AS sample LIMIT 3")) {
          out.println("sample of " + view + ": " + (show(query.executeQuery()).size() - 1) + " rows");
        }
      }
    }
  }
}
