/* What CPython's venv launcher does (PC/launcher.c and PC/venvlauncher.c): reads `home` of pyvenv.cfg, names itself in
   __PYVENV_LAUNCHER__, starts home\python.exe with the same command line in a job that dies with it, leaves Ctrl-C to
   that child, and hands its exit code on. The build of CPython that is on Maven Central comes without one. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

static wchar_t self[32768], config[32768], home[32768];
static char text[8192];

static BOOL WINAPI left_to_the_child(DWORD event) { return TRUE; }

static void cut(wchar_t *path) { wchar_t *last = wcsrchr(path, L'\\'); if (last) *last = 0; }

static HANDLE open_config(void) {
    GetModuleFileNameW(NULL, self, 32768);
    wcscpy(config, self); cut(config); wcscat(config, L"\\pyvenv.cfg");
    if (GetFileAttributesW(config) == INVALID_FILE_ATTRIBUTES) { cut(config); cut(config); wcscat(config, L"\\pyvenv.cfg"); }
    return CreateFileW(config, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
}

static int read_home(void) {
    DWORD count = 0;
    HANDLE file = open_config();
    if (file == INVALID_HANDLE_VALUE) return 0;
    ReadFile(file, text, sizeof text - 1, &count, NULL); CloseHandle(file); text[count] = 0;
    char *value = strncmp(text, "home", 4) ? strstr(text, "\nhome") : text;
    if (!value || !(value = strchr(value, '='))) return 0;
    value += 1 + strspn(value + 1, " ");
    home[MultiByteToWideChar(CP_UTF8, 0, value, (int)strcspn(value, "\r\n"), home, 32000)] = 0;
    wcscat(home, L"\\python.exe");
    return GetFileAttributesW(home) != INVALID_FILE_ATTRIBUTES;
}

static void hand_over(DWORD which, HANDLE *handle) {
    HANDLE me = GetCurrentProcess();
    DuplicateHandle(me, GetStdHandle(which), me, handle, 0, TRUE, DUPLICATE_SAME_ACCESS);
}

static HANDLE job_that_dies_with_us(void) {
    HANDLE job = CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    memset(&limits, 0, sizeof limits);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    return job;
}

int wmain(void) {
    STARTUPINFOW start; PROCESS_INFORMATION child; DWORD code = 101;
    if (!read_home()) { fwprintf(stderr, L"no pyvenv.cfg, or no Python where it says\n"); return 106; }
    SetEnvironmentVariableW(L"__PYVENV_LAUNCHER__", self);
    memset(&start, 0, sizeof start); GetStartupInfoW(&start);
    hand_over(STD_INPUT_HANDLE, &start.hStdInput);
    hand_over(STD_OUTPUT_HANDLE, &start.hStdOutput);
    hand_over(STD_ERROR_HANDLE, &start.hStdError);
    start.dwFlags = STARTF_USESTDHANDLES;
    SetConsoleCtrlHandler(left_to_the_child, TRUE);
    HANDLE job = job_that_dies_with_us();
    if (!CreateProcessW(home, GetCommandLineW(), NULL, NULL, TRUE, 0, NULL, NULL, &start, &child)) return 101;
    AssignProcessToJobObject(job, child.hProcess);
    WaitForSingleObject(child.hProcess, INFINITE); GetExitCodeProcess(child.hProcess, &code);
    return (int)code;
}
