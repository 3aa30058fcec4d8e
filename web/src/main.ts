// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import App from './App.svelte';
import './ui/tokens.css';
import { theme } from './ui/theme.svelte';

theme.start();
mount(App, { target: document.getElementById('app')! });
