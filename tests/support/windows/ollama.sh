#!/bin/sh
# ollama.sh PART VERSION HELPER PYTHON GO: Ollama for Windows in the folder PART, as its installer lays it out,
# cross-built from the Go module of that VERSION and from HELPER, the source distribution that Linux's is built from.
# Works in the folder where it is started; names no host.
set -eu
part=$1 version=$2 helper=$3 python=$4 go=$5
mkdir -p "$part/lib/ollama"

server() {
    # Of this module, which only draws in a terminal, the pinned version can be had nowhere.
    mkdir -p go/localereader
    printf 'module github.com/mattn/go-localereader\n' > go/localereader/go.mod
    cat > go/localereader/reader.go <<'END'
package localereader

import "io"

func NewReader(r io.Reader) io.Reader { return r }

func UTF8ToLocale(b []byte) ([]byte, error) { return b, nil }
END
    printf 'module own\ngo 1.26\nrequire %s v%s\nreplace %s => ./localereader\n' \
        github.com/ollama/ollama "$version" github.com/mattn/go-localereader > go/go.mod
    cd go
    export GOPATH="$PWD/path" GOCACHE="$PWD/cache" GOFLAGS='-modcacherw -mod=mod' GOROOT=
    "$go" get "github.com/ollama/ollama@v$version"
    GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc CXX=x86_64-w64-mingw32-g++ "$go" build \
        -ldflags "-X=github.com/ollama/ollama/version.Version=$version" -o "$part/ollama.exe" github.com/ollama/ollama
    cd ..
}

inference() {
    "$python" -m venv tools
    tools/bin/pip install --quiet 'cmake<5' ninja
    # `:all:` would build cmake itself.
    tools/bin/pip download --quiet --no-deps --no-binary "${helper%%=*}" --dest dist "$helper"
    mkdir -p source
    tar -xf dist/*.tar.gz -C source --strip-components=1
    cpu=$(find source -path '*ggml-cpu/ggml-cpu.c')
    sed -i 's/#if _WIN32_WINNT >= 0x0602/#if 0/' "$cpu"  # mingw-w64 10 lacks THREAD_POWER_THROTTLING_STATE
    llama=${cpu%/ggml/src/ggml-cpu/ggml-cpu.c}
    tools/bin/cmake -G Ninja -DCMAKE_MAKE_PROGRAM="$PWD/tools/bin/ninja" -S "$llama" -B built \
        -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_SYSTEM_PROCESSOR=x86_64 -DCMAKE_RC_COMPILER=x86_64-w64-mingw32-windres \
        -DCMAKE_C_COMPILER=x86_64-w64-mingw32-gcc-posix -DCMAKE_CXX_COMPILER=x86_64-w64-mingw32-g++-posix \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXE_LINKER_FLAGS=-static -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_C_FLAGS=-D_WIN32_WINNT=0x0A00 -DCMAKE_CXX_FLAGS=-D_WIN32_WINNT=0x0A00 \
        -DGGML_NATIVE=OFF -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_AVX512=OFF -DGGML_OPENMP=OFF \
        -DGGML_CCACHE=OFF -DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF \
        -DLLAMA_BUILD_UI=OFF -DLLAMA_BUILD_APP=OFF
    tools/bin/ninja -C built llama-server
    cp "$(find built -name llama-server.exe)" "$part/lib/ollama/"
}

server
inference
