#!/bin/sh
# The least that a client-connect script can do: it finds the client's configuration, and hands it over.
cat "clients/$common_name" >"$1"
