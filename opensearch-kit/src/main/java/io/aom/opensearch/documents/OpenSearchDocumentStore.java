package io.aom.opensearch.documents;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearch.Reply;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery.Page;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents in an OpenSearch index of their own, each as {@code {id, value}}. Only the members that
 * the type names are indexed, so no document can grow the mapping.
 *
 * <p>An audited change is recorded in {@code aom-audit} before it is made, so that no change can be
 * without its record; a record may stand for a change that was refused or cut off.
 */
public final class OpenSearchDocumentStore<T> implements DocumentStore<T> {
  public static final String AUDIT_INDEX = "aom-audit";

  private static final JsonMapper JSON = OpenSearch.JSON;
  private static final String ALREADY_THERE = "resource_already_exists_exception";

  /** Documents that are asked for at a time. */
  private static final int FIND_IDS = 500;

  private static final Map<String, String> SEEN_BY_ALL = Map.of("refresh", "true");

  private final OpenSearch openSearch;
  private final DocumentType<T> type;
  private final InstantSource clock;
  private volatile boolean prepared;

  public OpenSearchDocumentStore(OpenSearch openSearch, DocumentType<T> type, InstantSource clock) {
    this.openSearch = openSearch;
    this.type = type;
    this.clock = clock;
  }

  @Override
  public Optional<Versioned<T>> find(String id) {
    prepare();
    Reply reply = openSearch.send("GET", documentPath(id), Map.of());
    return reply.found() ? Optional.of(read(reply.body())) : Optional.empty();
  }

  @Override
  public Map<String, Versioned<T>> find(Collection<String> ids) {
    Map<String, Versioned<T>> found = new HashMap<>();
    if (ids.isEmpty()) {
      return found;
    }
    prepare();
    List<String> asked = List.copyOf(ids);
    for (int from = 0; from < asked.size(); from += FIND_IDS) {
      ObjectNode body = JSON.createObjectNode();
      ArrayNode some = body.putArray("ids");
      asked.subList(from, Math.min(asked.size(), from + FIND_IDS)).forEach(some::add);
      Reply reply = openSearch.send("POST", "/" + type.index() + "/_mget", Map.of(), body);
      for (JsonNode document : reply.body().path("docs")) {
        if (document.path("found").asBoolean(false)) {
          Versioned<T> read = read(document);
          found.put(read.id(), read);
        } else if (document.has("error")) {
          throw new OpenSearchUnavailableException(
              "document " + document.path("_id").asString() + ": " + document.path("error"), null);
        }
      }
    }
    return found;
  }

  @Override
  public Page<T> list(DocumentQuery query) {
    prepare();
    ObjectNode search = JSON.createObjectNode();
    search.put("size", query.limit());
    search.put("seq_no_primary_term", true);
    ArrayNode filter = search.putObject("query").putObject("bool").putArray("filter");
    query.anyOf().forEach((field, values) -> terms(filter, field, values));
    query.from().forEach((field, millis) -> range(filter, field).put("gte", millis));
    query.to().forEach((field, millis) -> range(filter, field).put("lt", millis));
    DocumentQuery.Since since = query.since();
    if (since != null) {
      ArrayNode either = filter.addObject().putObject("bool").putArray("should");
      range(either, since.date()).put("gte", since.epochMillis());
      terms(either, since.keyword(), since.values());
    }
    ArrayNode sort = search.putArray("sort");
    String sortBy = query.sortBy();
    if (sortBy != null) {
      ObjectNode order = sort.addObject().putObject("value." + sortBy);
      order.put("order", query.descending() ? "desc" : "asc");
      order.put("missing", "_last");
    }
    boolean idsDescend = sortBy == null && query.descending();
    sort.addObject().putObject("id").put("order", idsDescend ? "desc" : "asc");
    String cursor = query.cursor();
    if (cursor != null) {
      search.set("search_after", decodeCursor(cursor));
    }
    Reply reply = openSearch.send("POST", "/" + type.index() + "/_search", Map.of(), search);
    List<Versioned<T>> documents = new ArrayList<>();
    JsonNode hits = reply.body().path("hits").path("hits");
    for (JsonNode hit : hits) {
      documents.add(read(hit));
    }
    boolean full = documents.size() == query.limit();
    return new Page<>(
        documents, full ? encodeCursor(hits.path(hits.size() - 1).path("sort")) : null);
  }

  @Override
  public Versioned<T> create(String id, T value, String actor) {
    prepare();
    audit("create", id, value, actor);
    Map<String, String> parameters = new LinkedHashMap<>(SEEN_BY_ALL);
    parameters.put("op_type", "create");
    Reply reply = openSearch.send("PUT", documentPath(id), parameters, wrap(id, value));
    if (reply.status() == 409) {
      throw DocumentProblems.taken(type, id);
    }
    return new Versioned<>(id, value, version(reply.body()));
  }

  @Override
  public Versioned<T> replace(String id, T value, DocumentVersion expected, String actor) {
    prepare();
    audit("replace", id, value, actor);
    Reply reply = openSearch.send("PUT", documentPath(id), onlyIf(expected), wrap(id, value));
    if (reply.status() == 409 || reply.status() == 404) {
      throw DocumentProblems.stale(type, id);
    }
    return new Versioned<>(id, value, version(reply.body()));
  }

  @Override
  public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
    prepare();
    audit("delete", id, null, actor);
    Reply reply =
        openSearch.send(
            "DELETE", documentPath(id), expected == null ? SEEN_BY_ALL : onlyIf(expected));
    if (reply.status() == 409) {
      throw DocumentProblems.stale(type, id);
    }
    return reply.found();
  }

  private static Map<String, String> onlyIf(DocumentVersion expected) {
    Map<String, String> parameters = new LinkedHashMap<>(SEEN_BY_ALL);
    parameters.put("if_seq_no", Long.toString(expected.sequenceNumber()));
    parameters.put("if_primary_term", Long.toString(expected.primaryTerm()));
    return parameters;
  }

  /** Makes the index, not before it is asked: a service may start before OpenSearch does. */
  @Override
  public void prepare() {
    if (prepared) {
      return;
    }
    ObjectNode mappings = JSON.createObjectNode();
    mappings.put("dynamic", false);
    ObjectNode properties = mappings.putObject("properties");
    properties.putObject("id").put("type", "keyword");
    ObjectNode value = properties.putObject("value");
    value.put("dynamic", false);
    ObjectNode members = value.putObject("properties");
    for (String keyword : type.keywords()) {
      members.putObject(keyword).put("type", "keyword");
    }
    for (String date : type.dates()) {
      members.putObject(date).put("type", "date");
    }
    createIndex(type.index(), mappings);
    if (type.audited()) {
      ObjectNode audit = JSON.createObjectNode();
      audit.put("dynamic", false);
      ObjectNode fields = audit.putObject("properties");
      fields.putObject("at").put("type", "date");
      for (String keyword : List.of("actor", "action", "index", "id")) {
        fields.putObject(keyword).put("type", "keyword");
      }
      createIndex(AUDIT_INDEX, audit);
    }
    prepared = true;
  }

  private void createIndex(String index, ObjectNode mappings) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode settings = body.putObject("settings");
    settings.put("number_of_shards", 1);
    settings.put("number_of_replicas", openSearch.settings().replicas());
    body.set("mappings", mappings);
    if (openSearch.send("HEAD", "/" + index, Map.of()).found()) {
      // A later version may know members that the index does not; adding them is always allowed.
      openSearch.send("PUT", "/" + index + "/_mapping", Map.of(), mappings);
      return;
    }
    try {
      openSearch.send("PUT", "/" + index, Map.of(), body);
    } catch (OpenSearchRefusedException e) {
      if (e.status() != 400 || !String.valueOf(e.getMessage()).contains(ALREADY_THERE)) {
        throw e;
      }
    }
  }

  private void audit(String action, String id, @Nullable T value, String actor) {
    if (!type.audited()) {
      return;
    }
    ObjectNode record = JSON.createObjectNode();
    record.put("at", clock.instant().toString());
    record.put("actor", actor);
    record.put("action", action);
    record.put("index", type.index());
    record.put("id", id);
    if (value != null) {
      record.set("value", JSON.valueToTree(value));
    }
    openSearch.send("POST", "/" + AUDIT_INDEX + "/_doc", Map.of(), record);
  }

  private String documentPath(String id) {
    // In a path a plus is a plus; only forms write a space so.
    String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    return "/" + type.index() + "/_doc/" + encoded;
  }

  private ObjectNode wrap(String id, T value) {
    ObjectNode document = JSON.createObjectNode();
    document.put("id", id);
    document.set("value", JSON.valueToTree(value));
    return document;
  }

  private Versioned<T> read(JsonNode hit) {
    JsonNode source = hit.path("_source");
    return new Versioned<>(
        source.path("id").asString(),
        JSON.treeToValue(source.path("value"), type.type()),
        version(hit));
  }

  private static DocumentVersion version(JsonNode hit) {
    return new DocumentVersion(
        hit.path("_seq_no").longValue(), hit.path("_primary_term").longValue());
  }

  private static ObjectNode range(ArrayNode clauses, String field) {
    ObjectNode range = clauses.addObject().putObject("range").putObject("value." + field);
    range.put("format", "epoch_millis");
    return range;
  }

  private static void terms(ArrayNode clauses, String field, List<String> values) {
    ArrayNode terms = clauses.addObject().putObject("terms").putArray("value." + field);
    values.forEach(terms::add);
  }

  private static String encodeCursor(JsonNode sort) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(sort));
  }

  private static JsonNode decodeCursor(String cursor) {
    try {
      JsonNode sort = JSON.readTree(Base64.getUrlDecoder().decode(cursor));
      if (sort.isArray()) {
        return sort;
      }
    } catch (IllegalArgumentException | JacksonException e) {
      throw DocumentProblems.notACursor(cursor);
    }
    throw DocumentProblems.notACursor(cursor);
  }
}
