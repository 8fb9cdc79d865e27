# The lab's one Makefile; `make help` says what it can do. What takes more than
# a few lines stands in common/tools/.

STAGES := $(patsubst %/box.c,%,$(sort $(wildcard 0?-*/box.c)))

# STAGE takes 3, 03 or 03-pid; without it, the newest.
given := $(filter command environment,$(origin STAGE))
override STAGE := $(if $(given),$(value STAGE),$(lastword $(STAGES)))
named = $(subst %,?,$(STAGE))
stage = $(or $(if $(filter 1,$(words $(STAGE))),$(filter $(named) $(named)-% 0$(named)-%,$(STAGES))),\
	$(error STAGE=$(STAGE): expected one of $(STAGES), or its number))
number = $(firstword $(subst -, ,$(stage)))
# Of a student: the stage that STAGE names, or else the one that was written last.
written = $(wildcard $(STAGES:%=my/%/box.c))
mine = $(or $(if $(given),$(stage)),$(patsubst my/%/box.c,%,$(firstword \
	$(if $(written),$(shell ls -t $(written))))),$(error my/ is empty: make start STAGE=NN first))

# Wrong use is refused here, before anything is installed or built.
asked = $(filter $(1),$(MAKECMDGOALS))
refused := $(if $(given),\
	$(if $(call asked,run demo diff check-chapters start bug verify),$(stage)),\
	$(if $(call asked,start bug),$(error expected STAGE=NN, one of $(STAGES)))\
	$(if $(call asked,verify),$(if $(BOX),$(error BOX=$(BOX): expected STAGE=NN too, one of $(STAGES)))))\
	$(if $(call asked,test hint solution harder watch),$(mine))

CC ?= cc
CFLAGS ?= -O2 -g
ours := -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wconversion
ifdef WERROR
ours += -Werror
endif
ifdef SANITIZE
ours += -fsanitize=address,undefined -fno-sanitize-recover=undefined
# What the options gave is kept until the process ends or becomes the command.
export ASAN_OPTIONS := detect_leaks=0
endif
# Once: a make of a recipe's finds them in its environment.
override CFLAGS := $(filter-out $(ours),$(CFLAGS)) $(ours)
# A static program starts half a millisecond sooner. Fedora keeps libcap.a and
# libc.a in packages of their own, Arch has no libcap.a, sanitizers want none.
# Looked at when it is needed, and so after libcap was installed.
has_archive = $(findstring /,$(shell $(CC) -print-file-name=$(1)))
static_libc = $(eval static_libc := $(if $(call has_archive,libc.a),-static))$(static_libc)
static = $(if $(SANITIZE),,$(if $(call has_archive,libcap.a),$(static_libc)))

boxes := $(STAGES:%=%/box)
# What is no program of its own: the library, and the plumbing of the stages.
plumbing := $(filter-out %/box.c %/hog.c %/stages.c,$(wildcard common/*.c 0?-*/*.c))
objects := $(patsubst %.c,build/%.o,$(notdir $(plumbing)))
suite := $(patsubst tests/%.c,build/%,$(wildcard tests/check_*.c)) \
	build/seccomp build/probe
helpers := build/reaper 07-cgroup/hog

.DELETE_ON_ERROR:
# One package manager at a time; the rest is built in seconds anyway.
.NOTPARALLEL:
.PHONY: all help deps prepare prepare-teacher rootfs sandbox doctor allow run tour demo look diff \
	start bug test watch hint solution harder grade verify stages lint bench clean \
	check check-all check-chapters check-mistakes check-programs check-vm check-apparmor \
	vm-programs vm $(STAGES)

all: $(boxes) $(helpers)

help:
	@cat common/tools/help.txt $(if $(ALL),common/tools/help-all.txt)

# ---- values ----------------------------------------------------------------

# The scripts find these in their environment, as they were typed: a file's name may
# have a quote, a dollar or a space in it.
typed := AUTO BOX DIR FROM KERNEL NOTES PID RECORD RESET SPEED
$(foreach name,$(typed),$(if $(filter-out undefined,$(origin $(name))),\
	$(eval override $(name) := $$(value $(name)))$(eval export $(name))))
quote = '$(subst ','\'',$(1))'

# ---- build -----------------------------------------------------------------

# What writes in the clone has this shell.
as_owner := common/tools/as-owner.sh
build/% my/% $(boxes) 07-cgroup/hog: private SHELL := $(as_owner)
my/%: private .SHELLFLAGS := my -c
rootfs start bug stages: private SHELL := $(as_owner)
# git status would write, too.
export GIT_OPTIONAL_LOCKS := 0

# The flags are a prerequisite: other flags, other programs.
flags = $(CC) $(CFLAGS)
ifneq ($(flags),$(file <build/flags))
.PHONY: build/flags
endif
build/flags: | build/deps-build
	@mkdir -p build
	@printf '%s\n' $(call quote,$(flags)) >$@

# What is missing is looked for once, and after each change of the list.
build/deps-%: private SHELL := /bin/sh
build/deps-%: common/tools/deps.sh
	@common/tools/deps.sh $*
	@$(as_owner) -c 'mkdir -p build && touch $@'

# The headers of each object, as the compiler has found them. What is changed in a header
# changes an object, and so the library that every program is built of.
-include $(objects:.o=.d)

vpath %.c common $(STAGES)
build/%.o: %.c build/flags | build/deps-build
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

build/lab.a: $(objects)
	@rm -f $@.new
	@ar rcs $@.new $^
	@mv $@.new $@

# -iquote: a copy elsewhere, my/03-pid/box.c, finds ../common as well. There a
# function is not used as long as the task that needs it is not written; and the
# tests build such copies with OWN_CFLAGS, -Werror or -Wno-error.
%/box: %/box.c build/lab.a
	$(CC) $(CFLAGS) $(if $(filter $(boxes),$@),,-Wno-unused-function $(OWN_CFLAGS)) $(static) -iquote common -o $(call quote,$@) $(call quote,$<) build/lab.a -lcap

$(STAGES): %: %/box

# Helpers of the tests. `probe` runs in a box, which has no libraries.
build/probe: override LDFLAGS += $(static_libc)
build/probe: override CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS))
build/seccomp build/probe: build/%: tests/%.c build/flags | build/deps-build
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $<

# The first process of the sandbox.
build/reaper: common/tools/reaper.c build/flags | build/deps-build
	$(CC) $(CFLAGS) -o $@ $<

# It runs in the boxes, which have no libraries either.
07-cgroup/hog: 07-cgroup/hog.c build/flags | build/deps-build
	$(CC) $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS)) $(static_libc) -o $@ $<

build/check_%: tests/check_%.c tests/check.h build/lab.a
	$(CC) $(CFLAGS) -o $@ $< build/lab.a -lcap \
		$$(pkg-config --cflags --libs check) -lutil

# ---- look ------------------------------------------------------------------

run: all build/rootfs build/deps-run
	@$(if $(filter 01,$(number)),common/tools/sandbox.sh,common/tools/rootfs.sh --own) $(stage)/box || test $$? != 125

tour: all build/rootfs build/deps-run build/deps-play
	@common/tools/sandbox.sh common/tools/play.exp tour $(STAGES:%=%/README.md)

# One chapter in panes; FROM, AUTO, SPEED and RECORD as in demo.sh.
demo: all build/rootfs build/deps-run build/deps-play build/deps-demo
	@$(if $(NOTES),common/tools/demo.sh --notes,$(if $(RECORD),exec 5>"$$RECORD" &&) \
		common/tools/sandbox.sh common/tools/demo.sh $(stage)/README.md)

look:
	@common/tools/look $${PID:+"$$PID"}

sandbox: all build/rootfs build/deps-run
	@common/tools/sandbox.sh

doctor: all
	@common/tools/doctor.sh $(student)

# YES=1 is for scripts.
allow:
	@common/tools/allow.sh $(if $(REMOVE),--remove)

diff: all
	@common/tools/diff.sh $(stage)

# Every command of the chapters, typed and compared. STAGE=3: of one.
chapters = $(wildcard $(if $(given),$(stage),0?-*)/README.md)

check-chapters: all build/rootfs build/deps-run build/deps-play
	@common/tools/sandbox.sh common/tools/play.exp check $(chapters)

# ---- set up ----------------------------------------------------------------

# What a student types needs, what a teacher needs as well, and who changes the lab.
student := build run play start watch harder read
teacher := demo grade
maintainer := check lint bench vm fresh

deps:
	@common/tools/deps.sh $(student) $(teacher) $(maintainer)

# FROM is an archive where it is asked for; to make demo it is a section.
rootfs build/rootfs: | 07-cgroup/hog build/deps-run
	@common/tools/rootfs.sh $(if $(filter rootfs,$@),--from "$$FROM")

# With VM=1 also what make vm needs, for a machine that refuses.
prepare prepare-teacher:
	@common/tools/deps.sh $(student) $(if $(filter %-teacher,$@),$(teacher))
	@$(MAKE) --no-print-directory all rootfs
	@$(if $(VM),$(MAKE) --no-print-directory vm-programs && tests/vm/disk.sh)
	@$(MAKE) --no-print-directory doctor

# ---- write -----------------------------------------------------------------

start: build/deps-start
	@common/tools/start.sh $(stage) my "$$RESET"

bug:
	@common/tools/start.sh $(stage) my "$$RESET" bug

# What the checks need, for a program that is not ours.
to_verify := all build/rootfs build/deps-run build/probe

harder: build/deps-harder

test hint solution harder: $(to_verify)
	@common/tools/mine.sh $@ $(mine)

watch: $(to_verify) build/deps-watch
	@common/tools/mine.sh watch $(mine)

# ---- teach -----------------------------------------------------------------

verify: $(to_verify) $(if $(wildcard $(BOX).c),$(BOX))
	@tests/verify.sh $(if $(given),$(stage),$(STAGES))

# All under my/, or with DIR=PATH all students of a class.
grade: $(to_verify) build/deps-grade
	@common/tools/grade.sh "$$DIR"

# ---- maintain --------------------------------------------------------------

stages: build/deps-start
	@common/tools/stages.sh

check-programs: $(patsubst %,build/deps-%,build run play demo start watch harder grade check)
	@$(MAKE) --no-print-directory all build/rootfs $(suite)

# A user's proof that the lab is true on this machine; then what only its maintainers need.
check: check-programs
	@tests/check.sh tests/*.t

check-all: check-programs
	@tests/check.sh tests/*.t tests/long/*.t

# The kernels of learners: Debian 12's and 13's. KERNEL=FILE.deb takes another,
# ARCH=arm64 another machine.
vm-programs:
	@common/tools/deps.sh build vm $(filter arm64,$(ARCH))

check-vm: vm-programs
	@tests/vm/check.sh $(if $(KERNEL),"$$KERNEL",6.1 6.12)

# Where AppArmor restricts user namespaces, before and after make allow.
check-apparmor: vm-programs
	@tests/vm/apparmor.sh

vm: vm-programs
	@tests/vm/vm.sh shell "$${KERNEL:-6.12}"
export ARCH

check-mistakes: $(to_verify)
	@tests/mistakes.sh

lint:
	@common/tools/deps.sh start lint
	@common/tools/lint.sh

bench: all build/rootfs
	@common/tools/deps.sh bench
	@common/tools/sandbox.sh tests/bench.sh

clean:
	@[ "$$(id -u)" = 0 ] || $(as_owner) -c :
	@common/tools/rootfs.sh --remove
	rm -rf build $(boxes) 07-cgroup/hog
