"""What the pages say around a result, in Chinese and English."""
from __future__ import annotations

STEPS = {
    1: ("安装", "Install"), 2: ("模型", "Model"), 3: ("服务", "Server"), 4: ("配置", "Config"), 5: ("对话", "Chat"),
    "privacy": ("隐私", "Privacy"),
}
CHECKPOINTS = {1: ("安装", "Install"), 2: ("服务", "Server"), 3: ("配置", "Config"), 4: ("模型列表", "Listed"), 5: ("回复", "Reply")}
STATUSES = {
    "passed": ("通过", "passed"), "fixed": ("已修好", "fixed"), "failed": ("失败", "failed"), "advice": ("建议", "advice"),
    "blocked": ("等待", "waiting"), "skipped": ("跳过", "skipped"), "crashed": ("出错", "crashed"), "not-run": ("未运行", "not run"),
}
MARKS = {
    "passed": "✓", "fixed": "✓", "failed": "✕", "advice": "!", "blocked": "…", "skipped": "–", "crashed": "✕", "not-run": "○",
}
OUTCOMES = {
    "done": ("已完成", "done"), "planned": ("计划中，未执行", "planned, not done"), "failed": ("没有成功", "did not succeed"),
    "undone": ("已撤销", "taken back"),
}
SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}

HEADLINES = {
    "passed": ("全部就绪", "All set"),
    "failed": ("还差一点", "Not there yet"),
    "not-passed": ("还没有全部通过", "Not there yet"),
    "crashed": ("检查程序自己出了错", "The suite itself broke"),
    "interrupted": ("检查中途停止", "Stopped on the way"),
    "selected": ("只检查了一部分", "A part was checked"),
    "incomplete": ("还不能下结论", "No verdict yet"),
    "fix-plan": ("修复计划", "What a fix would do"),
    "undo": ("撤销修复", "Fixes taken back"),
}
SUMMARIES = {
    "passed": ("OpenCode 连上了这台机器上的模型，并收到了回复。", "OpenCode reached the model on this machine, and it replied."),
    "passed-advice": (
        "OpenCode 连上了这台机器上的模型，并收到了回复。下面有一条值得看看的建议。",
        "OpenCode reached the model on this machine, and it replied. One piece of advice is worth a look.",
    ),
    "failed": ("做完下面这一步，再检查一遍。等待它的项目到时会自己往下走。",
               "Do the step below, then check again. Whatever waits for it goes on by itself then."),
    "not-passed": ("下面按步骤列出看到了什么。", "What was seen is listed below, step by step."),
    "crashed": ("这说明不了你的机器有没有问题。把页尾的文本交给帮忙的人。",
                "This says nothing about your machine. Hand the text at the end of this page to whoever helps."),
    "interrupted": ("停止之前看到的都在下面；没来得及检查的标为“未运行”。",
                    "All that was seen until then is below; what was not reached is marked “not run”."),
    "selected": ("这次用选项缩小了范围，所以没有总的结论。", "Options narrowed this run, so there is no overall verdict."),
    "incomplete": ("有的项目没有检查到，所以没有总的结论。", "Some checks were not judged, so there is no overall verdict."),
    "fix-plan": ("什么都没有改动。下面列出 --fix 会做的每一步。", "Nothing was changed. Each step that --fix would take is below."),
    "undo": ("下面列出撤销了什么。", "What was taken back is listed below."),
    "ready": ("现在打开 OpenCode，用 /models 选这个模型：", "Open OpenCode, and choose this model with /models:"),
}
NOTES = {
    "sandbox": ("这次检查的是临时搭建的沙盒，不是这台机器自己的配置。",
                "This run checked a throw-away sandbox, not this machine's own set-up."),
    "rehearse": ("这次是演练：检查的是按文件夹搭出来的配置，不是这台机器自己的。",
                 "This was a rehearsal of a set-up from a folder, not of this machine's own."),
    "stopped": ("检查中途停止，{} 项没有运行。", "The run was stopped on the way; {} checks were not run."),
    "strict": ("严格模式：建议也算没有通过。", "Strict run: advice counts as failure."),
}
WORDS = {
    "page": ("本地模型检查报告", "A local model in OpenCode"),
    "lesson": ("第 {} 课", "lesson {}"),
    "language": ("页面语言", "Language of this page"),
    "checkpoints": ("检查点", "Checkpoints"),
    "held-up": ("停在第 {0} 步：{1}", "Held up at step {0}: {2}"), "with-advice": ("通过，有建议", "passed, advice"),
    "passed-of": ("通过 {}/{}", "{} of {} passed"),
    "first": ("先做这一步", "Do this first"),
    "first-advice": ("建议先看这一条", "Worth a look"),
    "next": ("接下来", "What next"),
    "seen": ("看到", "Seen"), "expected": ("应为", "Expected"), "should-be": ("应为", "expected"), "why": ("原因", "Why"), "do": ("做法", "Do"),
    "type": ("输入或复制", "Type or copy"), "also": ("另外", "Also seen"),
    "again": ("做完以后，再运行一遍同样的检查。", "Then run the same checks again."),
    "fixable": ("这一处也可以交给检查工具来修：在刚才的命令后面加上 {}。想先看看它会改什么，加 {}。",
                "The suite can do this for you: add {} to the command you ran. To see first what it would change, add {}."),
    "crash": ("这是检查程序自身的错误。加 -v 再运行一遍，把输出和页尾的文本一起交给帮忙的人。",
              "This is a fault of the suite. Run it again with -v, and hand its output, with the text at the end of this page, to whoever helps."),
    "steps": ("一步一步看", "Step by step"),
    "step": ("第 {} 步", "Step {}"),
    "waits": ("在等", "Waits for"),
    "above": ("做法见上面", "What to do is above"),
    "remedy": ("原因和做法", "Why, and what to do"),
    "not-reached": ("这次没有检查到", "Not looked at in this run"),
    "changes": ("修复前后", "Before and after"),
    "changes-plan": ("计划中的改动", "Planned changes"),
    "changes-undo": ("撤销的改动", "Changes taken back"),
    "for-check": ("针对", "For"), "undo": ("撤销方法", "To take it back"),
    "diff": ("− 是修复前的行，+ 是修复后的行。", "Lines with − were there before, lines with + are there after."),
    "facts": ("这台机器", "This machine"),
    "evidence": ("原始记录", "Raw evidence"),
    "no-evidence": ("这次没有留下原始记录。", "This run left no raw evidence."),
    "help": ("交给帮忙的人", "To hand to whoever helps"),
    "help-how": ("点一下文本框就会全部选中，复制后发给帮忙的人。姓名、主目录和密钥已经换成 *** 和 ~。",
                 "One click selects the whole text; copy it and send it. Names, home folders and keys were replaced by *** and ~."),
    "os": ("系统", "System"), "arch": ("处理器架构", "Architecture"), "cpu_count": ("处理器核数", "Processor cores"),
    "ram_gib": ("内存", "Memory"), "vram_gib": ("显存", "Graphics memory"), "disk_free_gib": ("模型目录剩余空间", "Free where models are kept"),
    "ollama": ("Ollama 程序", "Ollama program"), "ollama_server": ("Ollama 服务", "Ollama server"), "opencode": ("OpenCode", "OpenCode"),
    "model": ("模型", "Model"), "seat": ("座位", "Seat"), "started": ("开始时间", "Started"), "seconds": ("用时", "Took"),
    "fact": ("项目", "Fact"), "value": ("内容", "Value"),
    "took": ("{} 秒", "{} s"), "unknown": ("未知", "unknown"), "cut": ("……后面的见 result.json", "… the rest is in result.json"),
    "suite": ("由 ollama-checkpoints {} 生成。这个页面只是一份文件，不会联网。",
              "Made by ollama-checkpoints {}. This page is one file; it connects to nothing."),
}

ROOM = {
    "page": ("教室总览", "The room"),
    "ready-of": ("{1} 个座位，{0} 个就绪", "{0} of {1} seats ready"),
    "nobody": ("还没有结果", "No results yet"),
    "nobody-lead": ("这个文件夹下面没有找到 result.json。学员运行检查后，把各自的报告文件夹放到这里。",
                    "No result.json lies below this folder. Put each learner's report folder here after a run."),
    "as-of": ("截至 {}，共读到 {} 份结果。", "As of {}; {} results read."),
    "passed": ("就绪", "ready"), "failed": ("遇到问题", "held up"), "incomplete": ("没有结论", "no verdict"),
    "pitfalls": ("最常见的问题", "What holds people up"),
    "advice": ("值得看看的建议", "Worth a look"),
    "of-all": ("/ {} 个座位", "of {} seats"),
    "more": ("另有 {} 个", "and {} more"),
    "stuck": ("等得最久的座位", "Held up longest"),
    "since": ("自 {} 起没有通过（{}），已检查 {} 次", "no pass since {} ({}); runs: {}"),
    "minutes": ("{} 分钟", "{} min"), "hours": ("{} 小时 {} 分钟", "{} h {} min"), "days": ("{} 天 {} 小时", "{} d {} h"),
    "progress": ("上次生成本页以来", "Since the last page"), "then": ("那时最新的结果是 {}。", "Its newest result was of {}."),
    "newly": ("新通过 {} 个", "{} more ready"), "back": ("不再通过 {} 个", "{} no longer ready"), "joined": ("新出现 {} 个", "{} new"),
    "nothing": ("没有变化", "no change"),
    "seats": ("全部座位", "All seats"), "seat": ("座位", "Seat"), "points": ("检查点", "Checkpoints"), "held": ("卡在哪里", "Held up by"),
    "model": ("模型", "Model"), "last": ("最近一次", "Last run"), "history": ("历次", "Runs"), "no-time": ("没有时间", "no time"),
    "report": ("打开 {} 的报告", "open the report of {}"), "scroll": ("座位表，可左右滚动", "Table of seats; scrolls sideways"),
    "unread": ("没有读取的文件", "Files that were not read"),
    "damaged": ("已损坏，或者太大", "damaged, or too large"), "foreign": ("不是这套检查的结果", "not a result of this suite"),
    "newer": ("由更新的版本写成，先更新这套检查", "written by a newer version: update this suite"),
    "rehearsals": ("另有 {} 份沙盒或演练的结果，不算座位。", "{} results of sandboxes and rehearsals were left out: they are nobody's seat."),
    "no-folder": ("没有这个目录：{}", "no such folder: {}"),
    "unwritten": ("页面没有写成：{}", "the page was not written: {}"),
}
