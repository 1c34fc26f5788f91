# `make demo` and `make check` are all a newcomer needs; `make help` lists the rest.

EXTENSION  = leadscore
MODULE_big = leadscore
version    := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" leadscore.control)

# The install script is these parts, in this order.
SQL_PARTS = \
	src/pg/schema.sql \
	src/pg/contact.sql \
	src/pg/similarity.sql \
	src/pg/clustering.sql \
	src/pg/model_tables.sql \
	src/pg/model.sql \
	src/pg/model_template.sql \
	src/pg/stage_template.sql \
	src/pg/stage_map.sql \
	src/pg/heat.sql \
	src/pg/framework.sql \
	src/pg/framework_template.sql \
	src/pg/match_rule.sql \
	src/pg/match.sql \
	src/pg/duplicates.sql \
	src/pg/duplicate_index.sql \
	src/pg/learn.sql \
	src/pg/metrics.sql \
	src/pg/probability_map.sql \
	src/pg/statistics.sql \
	src/pg/conversion.sql \
	src/pg/survival.sql \
	src/pg/stage_statistics.sql \
	src/pg/golden_record.sql \
	src/pg/window_funnel.sql \
	src/pg/attribution.sql \
	src/pg/calibration_cells.sql \
	src/pg/calibrate.sql \
	src/pg/apply_calibration.sql \
	src/pg/train.sql \
	src/pg/calibrate_probability.sql \
	src/pg/backtest.sql \
	src/pg/publish.sql \
	src/pg/target_contract.sql \
	src/pg/model_privileges.sql \
	src/pg/pipeline_tables.sql \
	src/pg/source_statement.sql \
	src/pg/attach.sql \
	src/pg/mask_counts.sql \
	src/pg/source_ladder.sql \
	src/pg/funnel_views.sql \
	src/pg/funnel_wide.sql \
	src/pg/stage_velocity.sql \
	src/pg/stage_alerts.sql \
	src/pg/source_access.sql \
	src/pg/spend.sql \
	src/pg/lead_views.sql \
	src/pg/department_views.sql \
	src/pg/comment_language.sql \
	$(PARTS_SINCE_1_0_0)
# These came after 1.0.0, and are what updates it. What has changed in the parts above since then goes first, as a part of
# its own that holds nothing but ALTER, DROP and CREATE OR REPLACE: a released script never changes.
PARTS_SINCE_1_0_0 = \
	src/pg/report_text.sql \
	src/pg/report_style.sql \
	src/pg/report_marks.sql \
	src/pg/report_funnel.sql \
	src/pg/report_channels.sql \
	src/pg/report_scores.sql \
	src/pg/report.sql \
	src/pg/text_chart.sql \
	src/pg/scale.sql \
	src/pg/funnel_scan.sql
install_script = $(EXTENSION)--$(version).sql
update_script  = $(EXTENSION)--1.0.0--$(version).sql
DATA           = $(wildcard upgrade/$(EXTENSION)--*.sql)
DATA_built     = $(install_script) $(update_script)

# Every test is named here; `make check` fails when a file in sql/ or test/isolation/specs is not.
REGRESS        = extension catalog_lint contact similarity clustering match_rule match duplicates duplicate_index duplicate_person model template expression score stage evaluate set_score stage_map target_contract heat framework learn metrics calibrate train golden_record window_funnel funnel_scan conversion survival stage_statistics attribution attach attach_fill limits attached_ddl funnel_views stage_alerts lead_views department_views source_privileges attached_rights comment_language proof concepts cache session columns differential parallel report scale privileges privilege_matrix
ISOLATION      = model_change plan_change publish attached_write attached_change attached_person duplicate_index funnel_scan
REGRESS_OPTS   = --encoding=UTF8
ISOLATION_OPTS = --inputdir=test/isolation

core_sources  := $(sort $(wildcard src/core/*.cpp src/core/*/*.cpp))
glue_sources  := $(sort $(wildcard src/pg/*.cpp))
core_objects   = $(core_sources:.cpp=.o)
OBJS           = $(core_objects) $(glue_sources:.cpp=.o)

# A module that throws, loops and leaks on purpose, to test the boundary between C++ and PostgreSQL. Never installed.
boundary_sources := $(sort $(wildcard test/boundary/*.cpp src/pg/guard*.cpp src/pg/memory*.cpp)) $(core_sources)
boundary_objects  = $(boundary_sources:.cpp=.o)
all_objects       = $(sort $(OBJS) $(boundary_objects))

PG_CONFIG ?= pg_config
PGXS      := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))

# Bitcode of C++ gains nothing in the JIT (measured) and needs clang for every build.
override with_llvm = no

WERROR       ?= -Werror
PG_CPPFLAGS   = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) -DLEADSCORE_VERSION='"$(version)"' -MMD -MP
PG_CXXFLAGS   = -std=c++20 -ffp-contract=off -fvisibility=hidden -fvisibility-inlines-hidden \
	-Wall -Wextra -Wno-register $(WERROR) $(EXTRA_CXXFLAGS)
SHLIB_LINK    = -Wl,--version-script=leadscore.exports -licui18n -licuuc
EXTRA_CLEAN   = build results regression.diffs regression.out output_iso leadscore--*.sql \
	test/boundary/boundary.so $(boundary_objects) $(all_objects:.o=.d) test/fault/operator_new.so

# PGXS links with the C compiler; we need the C++ runtime.
override COMPILER = $(CXX) $(CXXFLAGS)

tasks = check check-deep coverage mutation-check demo psql stop bench deb dist format lint help

ifneq (,$(filter $(tasks),$(MAKECMDGOALS)))
# A task starts with nothing but make: it installs what is missing, then calls make again for what it builds. So PGXS,
# which may not be there yet (and which brings a `check` of its own), is not included in this pass.
.PHONY: $(MAKECMDGOALS)
.NOTPARALLEL:
run = @MAKEFLAGS='$(MAKEOVERRIDES)'

check:      ; $(run) scripts/check
check-deep: ; $(run) scripts/check_deep
coverage:   ; $(run) scripts/coverage
mutation-check: ; $(run) scripts/mutate
demo:       ; $(run) scripts/demo start
psql:       ; @scripts/demo psql
stop:       ; @scripts/demo stop
bench:      ; $(run) scripts/bench
deb:        ; $(run) scripts/deb
dist:       ; @scripts/dist
format:     ; $(run) scripts/lint --fix
lint:       ; $(run) scripts/lint
help:
	@echo 'make demo         build, start a private PostgreSQL in a temporary folder, score example leads in it'
	@echo 'make psql         open psql on the demo'
	@echo 'make stop         stop the demo and remove it'
	@echo 'make              build the extension'
	@echo 'make install      install it into the PostgreSQL of pg_config (PG_CONFIG=...)'
	@echo 'make check        every test, in a private PostgreSQL'
	@echo 'make check-deep   sanitizers, fuzzers, a debug server, valgrind, faults as well (about two hours)'
	@echo 'make coverage     lines of the core and the glue that tests reach (20 minutes)'
	@echo 'make mutation-check  whether tests catch deliberate faults, one at a time (15 minutes)'
	@echo 'make bench        measure'
	@echo 'make deb          the Debian package;  make dist the release for PGXN; both leave it in build/'
	@echo 'make lint         formatting, clang, shell syntax;  make format repairs the formatting'
	@echo 'make installcheck pg_regress against the running server it is installed in'

$(filter-out $(tasks),$(MAKECMDGOALS)): ; @$(MAKE) $@

else ifeq (,$(PGXS))

.PHONY: all install uninstall installcheck clean
all install uninstall installcheck clean:
	@echo "leadscore needs PostgreSQL's server headers and a C++20 compiler. To install them on Debian:" >&2
	@echo '  scripts/ensure_packages build' >&2
	@exit 1

else

include $(PGXS)

$(all_objects): Makefile leadscore.control
-include $(all_objects:.o=.d)

leadscore.so: leadscore.exports

# Letters beyond ASCII stand in JSON only, where \u means the same in a database of any encoding.
$(install_script): statement = CREATE EXTENSION $(EXTENSION)
$(install_script): parts = $(SQL_PARTS)
$(update_script): statement = ALTER EXTENSION $(EXTENSION) UPDATE
$(update_script): parts = $(PARTS_SINCE_1_0_0)
$(DATA_built): $(SQL_PARTS) Makefile leadscore.control
	@{ printf '%s\n' '\echo Use "$(statement)" to load this file. \quit'; cat $(parts); } \
		| perl -CS -pe 's/([^\x00-\x7f])/sprintf("\\u%04x", ord($$1))/ge' > $@

.PHONY: boundary
boundary: test/boundary/boundary.so test/fault/operator_new.so
test/boundary/boundary.so: $(boundary_objects)
	$(COMPILER) -shared -o $@ $^ $(LDFLAGS)
test/fault/operator_new.so: test/fault/operator_new.cpp
	$(CXX) -std=c++20 -O2 -Wall -Wextra -fPIC -shared -o $@ $<

# For scripts/lint: clang with the flags of the build, less what only g++ knows.
clang_flags   = $(filter-out -MMD -MP,$(CPPFLAGS)) $(CXXFLAGS) -Wno-unknown-warning-option
clang_sources = $(all_objects:.o=.cpp)
.PHONY: clang $(clang_sources:=.clang)
clang: $(clang_sources:=.clang)
$(clang_sources:=.clang): %.clang: ; @clang++-14 -fsyntax-only $(clang_flags) $*
.PHONY: tidy $(clang_sources:=.tidy)
tidy: $(clang_sources:=.tidy)
# The static analyzer takes as long as all other checks together.
tidy_checks = -clang-analyzer-*
$(clang_sources:=.tidy): %.tidy: ; @clang-tidy-14 --quiet --checks='$(tidy_checks)' $* -- $(clang_flags)

# Lets the scripts ask for a variable: make -s print-REGRESS
print-%: ; @echo '$($*)'

endif
